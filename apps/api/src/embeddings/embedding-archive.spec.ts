import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import type { EmbeddingArchive } from '#libs/embeddings';
import { zipEntries } from '../../../../test/support/zip-entries.js';
import { partsOf, type StoredZip } from '../files/stored-zip.js';
import { embeddingZip } from './embedding-archive.js';

const contents = new Map([
  ['key 2', Buffer.alloc(1000, 'two')],
  ['key 13', Buffer.alloc(2000, 'thirteen')],
]);

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const embeddingOf = (sampleIndex: number, score: number | null): EmbeddingArchive['sampleEmbeddings'][number] => {
  const objectKey = `key ${sampleIndex}`;
  const bytes = contents.get(objectKey)!;
  return {
    ...{ sampleIndex, sampleSha256: `hash of sample ${sampleIndex}`, score, secondsUsed: 15, objectKey },
    ...{ bytes: bytes.length, sha256: sha256(bytes), crc32: crc32(bytes) },
  };
};

const archive: EmbeddingArchive = {
  voiceId: 'a voice',
  ttsType: 'kyutai',
  engine: { name: 'pocket-tts', version: '4.0.1', model: 'french_24l', revision: 'abc', scorer: 'wavlm@1' },
  language: 'fr',
  createdAt: new Date('2026-11-29T17:20:00Z'),
  sampleEmbeddings: [embeddingOf(2, 0.92), embeddingOf(13, null)],
};

const wholeOf = (zip: StoredZip): Buffer =>
  Buffer.concat(
    partsOf(zip, { start: 0, end: zip.bytes - 1 }).map(({ content }) =>
      typeof content === 'string' ? contents.get(content)! : content,
    ),
  );

describe('embeddingZip', () => {
  it('contains the manifest and one file for each sample', () => {
    const entries = zipEntries(wholeOf(embeddingZip(archive)));
    expect([...entries.keys()]).toEqual(['manifest.json', 'embeddings/2.safetensors', 'embeddings/13.safetensors']);
    const manifest = JSON.parse(entries.get('manifest.json')!.toString()) as { samples: readonly { file: string }[] };
    const second = contents.get('key 2')!;
    expect(manifest).toEqual({
      version: 2,
      tts_type: 'kyutai',
      engine: { name: 'pocket-tts', version: '4.0.1', model: 'french_24l', revision: 'abc', scorer: 'wavlm@1' },
      language: 'fr',
      samples: [
        {
          index: 2,
          sha256: 'hash of sample 2',
          file: 'embeddings/2.safetensors',
          bytes: 1000,
          embedding_sha256: sha256(second),
          score: 0.92,
        },
        expect.objectContaining({ index: 13, file: 'embeddings/13.safetensors', bytes: 2000, score: null }),
      ],
    });
    for (const { file } of manifest.samples) expect(entries.has(file)).toBe(true);
    expect(entries.get('embeddings/2.safetensors')?.equals(second)).toBe(true);
  });

  it('is the same for the same run, with the same tag', () => {
    const [one, other] = [embeddingZip(archive), embeddingZip(structuredClone(archive))];
    expect(one.etag).toBe(other.etag);
    expect(wholeOf(one).equals(wholeOf(other))).toBe(true);
  });

  it('has another tag for other embeddings and for another date', () => {
    const tags = [
      archive,
      { ...archive, sampleEmbeddings: archive.sampleEmbeddings.slice(1) },
      { ...archive, createdAt: new Date('2026-11-29T17:21:00Z') },
    ].map((each) => embeddingZip(each).etag);
    expect(new Set(tags).size).toBe(3);
  });
});
