import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { EmbeddingArchive } from '#libs/embeddings';
import type { FileFacts } from '../files/file-answer.js';
import { storedZip, type StoredZip } from '../files/stored-zip.js';

/** Changes with what {@link manifestOf} writes. Version 1 is the archive of a GPU handler of contract version 1. */
const manifestVersion = 2;

/**
 * Plans the ZIP of a run's embeddings: `manifest.json`, then `embeddings/{index}.safetensors` in order of the samples.
 *
 * Depends on nothing but the run, so that every process answers a range of the same bytes, today and in an hour.
 */
export function embeddingZip(archive: EmbeddingArchive): StoredZip & FileFacts {
  const manifest = Buffer.from(`${JSON.stringify(manifestOf(archive), null, 2)}\n`);
  const zip = storedZip(
    [
      { name: 'manifest.json', bytes: manifest.length, crc32: crc32(manifest), content: manifest },
      ...archive.sampleEmbeddings.map(({ sampleIndex, bytes, crc32: checksum, objectKey }) => ({
        name: fileName(sampleIndex),
        bytes,
        crc32: checksum,
        content: objectKey,
      })),
    ],
    archive.createdAt,
  );
  // The manifest has the hash of every file, and the date is in the headers.
  const tag = createHash('sha256').update(`${archive.createdAt.toISOString()}:`).update(manifest).digest('hex');
  return { ...zip, etag: `"${tag}"` };
}

const fileName = (sampleIndex: number): string => `embeddings/${sampleIndex}.safetensors`;

function manifestOf({ ttsType, engine, language, sampleEmbeddings }: EmbeddingArchive): object {
  return {
    version: manifestVersion,
    tts_type: ttsType,
    engine: engine && {
      name: engine.name,
      version: engine.version,
      model: engine.model,
      revision: engine.revision,
      scorer: engine.scorer,
    },
    language,
    samples: sampleEmbeddings.map((embedding) => ({
      index: embedding.sampleIndex,
      sha256: embedding.sampleSha256,
      file: fileName(embedding.sampleIndex),
      bytes: embedding.bytes,
      embedding_sha256: embedding.sha256,
      score: embedding.score,
    })),
  };
}
