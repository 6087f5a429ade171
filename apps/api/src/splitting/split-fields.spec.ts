import { expect, it } from '@jest/globals';
import { splitParameters } from './split-fields.js';

it.each([
  [{}, {}, { maxSamples: 25, sampleDurationSeconds: 15 }],
  [{}, { max_samples: 2 }, { maxSamples: 2, sampleDurationSeconds: 15 }],
  [{ max_samples: 3 }, { max_samples: 2, sample_duration: 9 }, { maxSamples: 3, sampleDurationSeconds: 9 }],
  [{ sample_duration: 7 }, { max_samples: 2 }, { maxSamples: 2, sampleDurationSeconds: 7 }],
])('splitParameters of body %j and query %j', (body, query, parameters) => {
  expect(splitParameters(body, query)).toEqual(parameters);
});
