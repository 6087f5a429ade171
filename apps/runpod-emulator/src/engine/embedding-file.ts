import { safetensors, safetensorsMetadata, type Tensor } from './safetensors.js';
import type { Gaussian } from './scoring/gaussian.js';

/** What is known of an embedding besides its voiceprint. Becomes the metadata of its file. */
export interface EmbeddingFacts {
  readonly engine: string;
  readonly engine_version: string;
  readonly model: string;
  readonly model_revision: string;
  readonly language: string;
  /** SHA-256 of the sample, in hex. */
  readonly sample_sha256: string;
  /** In Hz, so that `speak` finds the pitch; empty if it was not measurable. */
  readonly median_pitch: string;
  /** Distinguishes two runs of the handler for one job. */
  readonly run: string;
}

/**
 * Makes an embedding file (safetensors): `mean` [d] and `covariance` [d, d] of the voiceprint.
 *
 * @param minBytes makes it at least this large, as those of a neural model are, for load tests
 */
export function embeddingFile(
  { mean, covariance }: Gaussian,
  metadata: EmbeddingFacts | Readonly<Record<string, string>>,
  minBytes = 0,
): Buffer {
  const dimension = mean.length;
  const tensors: Record<string, Tensor> = {
    mean: { shape: [dimension], values: Float32Array.from(mean) },
    covariance: { shape: [dimension, dimension], values: Float32Array.from(covariance) },
  };
  if (minBytes > 0) {
    const length = Math.ceil(minBytes / Float32Array.BYTES_PER_ELEMENT);
    tensors['padding'] = { shape: [length], values: new Float32Array(length) };
  }
  return safetensors(tensors, { ...metadata });
}

/**
 * Reads the pitch of the voice from an embedding file of this engine.
 *
 * @returns Hz; null if it was not measurable
 * @throws RangeError with a sentence if the file is not one of this engine and model
 */
export function embeddedPitchHz(
  file: Buffer,
  { engine, model }: Pick<EmbeddingFacts, 'engine' | 'model'>,
): number | null {
  const facts = safetensorsMetadata(file);
  if (facts['engine'] !== engine || facts['model'] !== model) {
    throw new RangeError('The embedding was made by another engine or model');
  }
  return facts['median_pitch'] ? Number(facts['median_pitch']) : null;
}
