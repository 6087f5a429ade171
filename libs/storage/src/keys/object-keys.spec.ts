import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isObjectKey } from './object-key-check.js';
import * as keys from './object-keys.js';

const ids = fc.uuid();
const counts = fc.integer({ min: 1, max: 999_999_999 });
const generations = fc.record({ voiceId: ids, jobId: ids, generation: counts });

describe('object keys', () => {
  it('are valid keys that parse back to their parts', () => {
    fc.assert(
      fc.property(generations, ids, counts, counts, (of, otherId, index, sentence) => {
        const { voiceId } = of;
        const pairs = [
          [keys.uploadKey(voiceId, otherId), { kind: 'upload', voiceId, uploadId: otherId }],
          [keys.uploadedSampleKey(voiceId, otherId), { kind: 'uploaded_sample', voiceId, sampleId: otherId }],
          [keys.consentFileKey(voiceId, otherId), { kind: 'consent', voiceId, consentId: otherId, file: 'file' }],
          [
            keys.consentRecordingKey(voiceId, otherId),
            { kind: 'consent', voiceId, consentId: otherId, file: 'recording.opus' },
          ],
          [keys.originalKey(of), { kind: 'output', ...of, file: 'original.opus' }],
          [keys.analysisKey(keys.originalKey(of)), { kind: 'output', ...of, file: 'analysis.track' }],
          [keys.sampleKey(of, index), { kind: 'output', ...of, file: `samples/${index}.opus` }],
          [keys.embeddingZipKey(of), { kind: 'output', ...of, file: 'embedding.zip' }],
          [keys.sampleEmbeddingKey(of, index), { kind: 'output', ...of, file: `embeddings/${index}.safetensors` }],
          [keys.inboxSampleEmbeddingKey(of, index), { kind: 'inbox', ...of, file: `embeddings/${index}.safetensors` }],
          [keys.testSampleKey(of, index, sentence), { kind: 'output', ...of, file: `test/${index}_${sentence}.opus` }],
          [keys.embeddingZipKey({ ...of, run: index }), { kind: 'output', ...of, file: `runs/${index}/embedding.zip` }],
          [
            keys.testSampleKey({ ...of, run: 2 }, index, sentence),
            { kind: 'output', ...of, file: `runs/2/test/${index}_${sentence}.opus` },
          ],
          [keys.importedConsentKey(of, index, 'file'), { kind: 'output', ...of, file: `consents/${index}/file` }],
          [
            keys.importedConsentKey(of, index, 'recording.opus'),
            { kind: 'output', ...of, file: `consents/${index}/recording.opus` },
          ],
          [keys.inboxEmbeddingZipKey(of), { kind: 'inbox', ...of, file: 'embedding.zip' }],
          [keys.speechKey(of), { kind: 'output', ...of, file: 'speech.opus' }],
          [keys.inboxSpeechKey(of), { kind: 'inbox', ...of, file: 'speech.opus' }],
          [keys.inboxOutputKey(of), { kind: 'inbox', ...of, file: 'output.json' }],
          [
            keys.inboxTestSampleKey(of, index, sentence),
            { kind: 'inbox', ...of, file: `test/${index}_${sentence}.opus` },
          ],
        ] as const;
        for (const [key, parsed] of pairs) {
          expect(isObjectKey(key)).toBe(true);
          expect(keys.parseObjectKey(key)).toEqual(parsed);
          expect(key.startsWith(keys.voicePrefix(voiceId))).toBe(true);
        }
        expect(keys.sampleKey(of, index).startsWith(keys.generationPrefix(of))).toBe(true);
        expect([of, { ...of, run: 3 }].map(keys.embeddingZipKey).map(keys.isEmbeddingZipKey)).toEqual([true, true]);
        expect(keys.isEmbeddingZipKey(keys.sampleEmbeddingKey({ ...of, run: 3 }, index))).toBe(false);
        expect(keys.inboxOutputKey(of).startsWith(keys.inboxPrefix(of))).toBe(true);
      }),
    );
  });

  it('reject anything but ids and counts', () => {
    const [voiceId, jobId] = ['0b8e4f5e-3c39-4d11-9a3e-6f4f3d1c2b1a', '5f3d8a52-8a86-4b58-8c3a-0f2b7d9e1c44'];
    const wrong = [
      () => keys.voicePrefix('../../etc'),
      () => keys.voicePrefix(voiceId.toUpperCase()),
      () => keys.uploadKey(voiceId, `${jobId}\n`),
      () => keys.originalKey({ voiceId, jobId, generation: 0 }),
      () => keys.originalKey({ voiceId, jobId, generation: 1.5 }),
      () => keys.sampleKey({ voiceId, jobId, generation: 1 }, NaN),
      () => keys.analysisKey(keys.sampleKey({ voiceId, jobId, generation: 1 }, 1)),
      () => keys.analysisKey(keys.uploadKey(voiceId, jobId)),
    ];
    for (const make of wrong) expect(make).toThrow(TypeError);
  });

  it('parse to null for any other text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.tuple(ids, fc.string()).map(([id, rest]) => `voices/${id}/${rest}`),
        ),
        (key) => {
          expect(keys.parseObjectKey(key)).toBeNull();
        },
      ),
    );
    const id = '0b8e4f5e-3c39-4d11-9a3e-6f4f3d1c2b1a';
    for (const file of ['01.opus', '0.opus', '1.wav', '../1.opus', '1.opus\n']) {
      expect(keys.parseObjectKey(`voices/${id}/jobs/${id}/1/samples/${file}`)).toBeNull();
    }
    expect(keys.parseObjectKey(`voices/${id}/jobs/${id}/1/output.json`)).toBeNull();
  });
});
