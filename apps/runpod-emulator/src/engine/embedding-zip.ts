import { ZipArchive } from 'archiver';
import { buffer } from 'node:stream/consumers';
import { embeddingFile } from './embedding-file.js';
import type { Gaussian } from './scoring/gaussian.js';
import type { EngineName } from './voice-engine.js';

export interface EmbeddedSample {
  readonly index: number;
  /** SHA-256 of the sample, in hex. */
  readonly sha256: string;
  readonly gaussian: Gaussian;
  readonly score: number;
}

/** The earliest time in a ZIP. A fixed time makes equal samples give equal bytes. */
const zipEpoch = new Date(Date.UTC(1980, 0, 1));

/**
 * Makes the embedding zip (stored, not deflated): `manifest.json`, and for each sample
 * `embeddings/{index}.safetensors` with `mean` [d] and `covariance` [d, d]. The same samples give the same bytes.
 *
 * @param comment of the archive, which distinguishes two runs of one job
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
    date: zipEpoch,
  });
  for (const sample of samples) {
    const metadata = { engine: engine.name, engine_version: engine.version, sample_sha256: sample.sha256 };
    archive.append(embeddingFile(sample.gaussian, metadata), { name: embeddingPath(sample.index), date: zipEpoch });
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
