import { describe, expect, it } from '@jest/globals';
import type { EmbedOutput1, EmbedOutput2, SpeakOutput } from '../handler/output.js';
import { malformations, malformations2, speechMalformations } from './malformation.js';
import { isLeftOut, malformed } from './malformed-output.js';

const object = { bytes: 10, sha256: 'a'.repeat(64) };
const engine = { name: 'n', version: '1', scorer: 's', model: 'm', revision: 'r' };
const head = { job: 'j', tts_type: 'kyutai', engine };
const results = { test_samples: [], sample_scores: [{ sample_index: 3, score: 0.9 }] };
const measures = { device: 'cpu', seconds: {} };
const version1: EmbedOutput1 = { version: 1, ...head, embedding_zip: object, ...results };
const version2: EmbedOutput2 = {
  version: 2,
  ...head,
  embeddings: [{ sample_index: 3, ...object, seconds_used: 5 }],
  ...results,
  failed_samples: [],
  consent_scores: [],
  measures: { ...measures, compared_with: 'itself' },
};
const speech: SpeakOutput = { version: 2, ...head, speech: { ...object, duration: 1 }, measures };

describe('malformed', () => {
  it.each([
    ['version 1', version1, malformations],
    ['version 2', version2, [...malformations, ...malformations2]],
    ['speak', speech, speechMalformations],
  ] as const)('corrupts the output of %s in every variant, or leaves out an object that it names', (_, output, all) => {
    for (const variant of all) {
      const isSame = JSON.stringify(malformed(output, variant)) === JSON.stringify(output);
      expect([variant, isSame]).toEqual([variant, variant.startsWith('missing_') && variant !== 'missing_sample']);
    }
  });

  it('makes an output over 1 MiB for too_large', () => {
    expect(JSON.stringify(malformed(version1, 'too_large')).length).toBeGreaterThan(1024 * 1024);
  });
});

describe('isLeftOut', () => {
  it('leaves out only the first object of a kind', () => {
    expect(isLeftOut('missing_test_sample', 'test_sample', 0)).toBe(true);
    expect(isLeftOut('missing_test_sample', 'test_sample', 1)).toBe(false);
    expect(isLeftOut('missing_embedding', 'test_sample', 0)).toBe(false);
    expect(isLeftOut(null, 'embedding', 0)).toBe(false);
  });
});
