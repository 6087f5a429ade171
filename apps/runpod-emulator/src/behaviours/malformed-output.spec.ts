import { describe, expect, it } from '@jest/globals';
import type { EmbedOutput } from '../handler/embed-output.js';
import { malformations } from './behaviour.js';
import { isLeftOut, malformed } from './malformed-output.js';

const output: EmbedOutput = {
  version: 1,
  job: 'j',
  tts_type: 'kyutai',
  engine: { name: 'n', version: '1', scorer: 's' },
  embedding_zip: { bytes: 10, sha256: 'a'.repeat(64) },
  test_samples: [],
  sample_scores: [{ sample_index: 3, score: 0.9 }],
};

describe('malformed', () => {
  it('spoils the output in every variant, or leaves out an object it names', () => {
    for (const variant of malformations) {
      const same = JSON.stringify(malformed(output, variant)) === JSON.stringify(output);
      expect(same).toBe(isLeftOut(variant, 'zip') || isLeftOut(variant, 'test_sample'));
    }
  });

  it('is over 1 MiB when it is to be too large', () => {
    expect(JSON.stringify(malformed(output, 'too_large')).length).toBeGreaterThan(1024 * 1024);
  });

  it('leaves out the first test sample only', () => {
    expect(isLeftOut('missing_test_sample', 'test_sample', 0)).toBe(true);
    expect(isLeftOut('missing_test_sample', 'test_sample', 1)).toBe(false);
  });
});
