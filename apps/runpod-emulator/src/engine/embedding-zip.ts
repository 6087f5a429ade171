import { ZipArchive } from 'archiver';
import { buffer } from 'node:stream/consumers';
import type { Gaussian } from './gaussian.js';
import { safetensors } from './safetensors.js';

/** Who made the embeddings, as the manifest and the job's output name it. */
export interface EngineName {
  readonly name: string;
  readonly version: string;
  readonly scorer: string;
}

export interface EmbeddedSample {
  readonly index: number;
  /** SHA-256 of the sample the embedding was made from, in hex. */
  readonly sha256: string;
  readonly gaussian: Gaussian;
  readonly score: number;
}

/** ZIP cannot say anything earlier; a fixed time makes equal samples give equal bytes. */
const ZIP_EPOCH = new Date(Date.UTC(1980, 0, 1));

/**
 * The embedding zip (stored, not deflated): `manifest.json`, and `embeddings/{index}.safetensors` with `mean` [d] and
 * `covariance` [d, d] of each sample. The same samples give the same bytes.
 *
 * @param comment the archive's comment; only there to make two runs of one job distinguishable
 */
export async function embeddingZip(
  ttsType: string,
  engine: EngineName,
  samples: readonly EmbeddedSample[],
  comment = '',
): Promise<Buffer> {
  const archive = new ZipArchive({ store: true, comment });
  const whole = buffer(archive);
  archive.append(JSON.stringify(manifest(ttsType, engine, samples), null, 2), {
    name: 'manifest.json',
    date: ZIP_EPOCH,
  });
  for (const sample of samples) {
    archive.append(embeddingFile(sample, engine), { name: embeddingPath(sample.index), date: ZIP_EPOCH });
  }
  await archive.finalize();
  return whole;
}

function manifest(ttsType: string, engine: EngineName, samples: readonly EmbeddedSample[]): unknown {
  return {
    version: 1,
    tts_type: ttsType,
    engine: { name: engine.name, version: engine.version },
    scorer: engine.scorer,
    samples: samples.map(({ index, sha256, score }) => ({ index, sha256, file: embeddingPath(index), score })),
  };
}

function embeddingPath(index: number): string {
  return `embeddings/${index}.safetensors`;
}

function embeddingFile({ gaussian, sha256 }: EmbeddedSample, engine: EngineName): Buffer {
  const dimension = gaussian.mean.length;
  return safetensors(
    {
      mean: { shape: [dimension], values: Float32Array.from(gaussian.mean) },
      covariance: { shape: [dimension, dimension], values: Float32Array.from(gaussian.covariance) },
    },
    { engine: engine.name, engine_version: engine.version, sample_sha256: sha256 },
  );
}
