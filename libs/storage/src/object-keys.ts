/**
 * Every key objects are stored under. Ids are identity, names are labels: nothing a person typed is in a key, so a
 * rename moves no file.
 *
 * ```
 * database-id                                                       whose rows name these objects
 * voices/{voiceId}/uploads/{uploadId}                               a recording as it was uploaded
 * voices/{voiceId}/uploaded/{sampleId}.opus                         an uploaded sample, converted
 * voices/{voiceId}/jobs/{jobId}/{generation}/original.opus          what one generation of a job made
 *                                           /samples/{index}.opus
 *                                           /embedding.zip
 *                                           /test/{sampleIndex}_{sentenceIndex}.opus
 * voices/{voiceId}/inbox/{jobId}/{generation}/embedding.zip         what the GPU side PUTs; never shown to anybody
 *                                            /output.json
 *                                            /test/{sampleIndex}_{sentenceIndex}.opus
 * ```
 */

/** One generation of one job of one voice: the folder its outputs go to. */
export interface GenerationId {
  readonly voiceId: string;
  readonly jobId: string;
  /** From 1; see design: fence and folder. */
  readonly generation: number;
}

/** Names the database whose rows name the objects beside it. */
export const ownerKey = 'database-id';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function id(value: string): string {
  if (!uuid.test(value)) throw new TypeError(`Not a lower-case UUID: ${JSON.stringify(value).slice(0, 80)}`);
  return value;
}

function count(value: number): string {
  if (!Number.isInteger(value) || value < 1 || value > 999_999_999)
    throw new TypeError(`Not a number counted from 1: ${value}`);
  return String(value);
}

/** Everything of a voice. */
export const voicePrefix = (voiceId: string): string => `voices/${id(voiceId)}/`;

export const uploadKey = (voiceId: string, uploadId: string): string =>
  `${voicePrefix(voiceId)}uploads/${id(uploadId)}`;

export const uploadedSampleKey = (voiceId: string, sampleId: string): string =>
  `${voicePrefix(voiceId)}uploaded/${id(sampleId)}.opus`;

/** Everything one generation made. */
export const generationPrefix = (of: GenerationId): string =>
  `${voicePrefix(of.voiceId)}jobs/${id(of.jobId)}/${count(of.generation)}/`;

export const originalKey = (of: GenerationId): string => `${generationPrefix(of)}original.opus`;

export const sampleKey = (of: GenerationId, index: number): string =>
  `${generationPrefix(of)}samples/${count(index)}.opus`;

export const embeddingZipKey = (of: GenerationId): string => `${generationPrefix(of)}embedding.zip`;

export const testSampleKey = (of: GenerationId, sampleIndex: number, sentenceIndex: number): string =>
  `${generationPrefix(of)}test/${count(sampleIndex)}_${count(sentenceIndex)}.opus`;

/** Everything the GPU side may PUT for one generation. */
export const inboxPrefix = (of: GenerationId): string =>
  `${voicePrefix(of.voiceId)}inbox/${id(of.jobId)}/${count(of.generation)}/`;

export const inboxEmbeddingZipKey = (of: GenerationId): string => `${inboxPrefix(of)}embedding.zip`;

export const inboxOutputKey = (of: GenerationId): string => `${inboxPrefix(of)}output.json`;

export const inboxTestSampleKey = (of: GenerationId, sampleIndex: number, sentenceIndex: number): string =>
  `${inboxPrefix(of)}test/${count(sampleIndex)}_${count(sentenceIndex)}.opus`;
