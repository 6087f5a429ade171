/**
 * Every key that objects are stored under, and every prefix: no other file spells one.
 *
 * Keys hold ids only. Names are labels that people type, so renaming a voice moves no object.
 *
 * ```
 * database-id                                                       id of the database whose rows name these objects
 * voices/{voiceId}/uploads/{uploadId}                               a recording as it was uploaded
 * voices/{voiceId}/uploaded/{sampleId}.opus                         an uploaded sample, converted
 * voices/{voiceId}/consents/{consentId}/file                         the proof of a consent, as it was uploaded
 *                                      /recording.opus               a recorded one, converted
 * voices/{voiceId}/jobs/{jobId}/{generation}/original.opus          results of one generation of a job
 *                                           /analysis.track
 *                                           /samples/{index}.opus
 *                                           /embedding.zip
 *                                           /embeddings/{sampleIndex}.safetensors
 *                                           /speech.opus
 *                                           /test/{sampleIndex}_{sentenceIndex}.opus
 *                                           /runs/{number}/embedding.zip         the same of several runs, if the job brings them
 *                                                         /embeddings/{sampleIndex}.safetensors
 *                                                         /test/{sampleIndex}_{sentenceIndex}.opus
 *                                           /consents/{number}/file              consents that came with an import
 *                                                             /recording.opus
 * voices/{voiceId}/inbox/{jobId}/{generation}/embedding.zip         what the GPU side PUTs; clients never see it
 *                                            /embeddings/{sampleIndex}.safetensors
 *                                            /output.json
 *                                            /speech.opus
 *                                            /test/{sampleIndex}_{sentenceIndex}.opus
 * ```
 */

/** One generation of one job of one voice: the folder of its results. */
export interface GenerationId {
  readonly voiceId: string;
  readonly jobId: string;
  /** From 1. */
  readonly generation: number;
}

/** One embedding run of a generation. */
export interface GenerationRun extends GenerationId {
  /** Which of several, from 1. Absent where a job makes one: its files lie in the folder of the generation itself. */
  readonly run?: number | undefined;
}

/** Holds the id of the database whose rows name the other objects. */
export const ownerKey = 'database-id';

/** The prefix of every object but {@link ownerKey}. */
export const voicesPrefix = 'voices/';

const uuidPattern = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const uuid = new RegExp(`^${uuidPattern}$`);

function id(value: string): string {
  if (!uuid.test(value)) throw new TypeError(`Not a lower-case UUID: ${JSON.stringify(value).slice(0, 80)}`);
  return value;
}

function count(value: number): string {
  if (!Number.isInteger(value) || value < 1 || value > 999_999_999)
    throw new TypeError(`Not a number counted from 1: ${value}`);
  return String(value);
}

/** The prefix of all objects of a voice. */
export const voicePrefix = (voiceId: string): string => `${voicesPrefix}${id(voiceId)}/`;

export const uploadKey = (voiceId: string, uploadId: string): string =>
  `${voicePrefix(voiceId)}uploads/${id(uploadId)}`;

export const uploadedSampleKey = (voiceId: string, sampleId: string): string =>
  `${voicePrefix(voiceId)}uploaded/${id(sampleId)}.opus`;

export const consentFileKey = (voiceId: string, consentId: string): string =>
  `${voicePrefix(voiceId)}consents/${id(consentId)}/file`;

export const consentRecordingKey = (voiceId: string, consentId: string): string =>
  `${voicePrefix(voiceId)}consents/${id(consentId)}/recording.opus`;

/** The prefix of all results of one generation. */
export const generationPrefix = (of: GenerationId): string =>
  `${voicePrefix(of.voiceId)}jobs/${id(of.jobId)}/${count(of.generation)}/`;

export const originalKey = (of: GenerationId): string => `${generationPrefix(of)}original.opus`;

/**
 * The analysis track of an original, beside it. Derived from the original's key, so that all processes that measure an
 * original from before there were tracks store the same bytes under the same key.
 *
 * @throws TypeError for any key but that of an original
 */
export function analysisKey(ofOriginal: string): string {
  const parsed = parseObjectKey(ofOriginal);
  if (parsed?.kind !== 'output' || originalKey(parsed) !== ofOriginal)
    throw new TypeError('Not the key of an original');
  return `${generationPrefix(parsed)}analysis.track`;
}

export const sampleKey = (of: GenerationId, index: number): string =>
  `${generationPrefix(of)}samples/${count(index)}.opus`;

export const importedConsentKey = (of: GenerationId, number: number, file: 'file' | 'recording.opus'): string =>
  `${generationPrefix(of)}consents/${count(number)}/${file}`;

const runPrefix = (of: GenerationRun): string =>
  `${generationPrefix(of)}${of.run === undefined ? '' : `runs/${count(of.run)}/`}`;

/**
 * The archive of a run's embeddings. With version 2 of the GPU contract there is no such object: the key names the run,
 * and the archive is made of the sample embeddings while it is sent.
 */
export const embeddingZipKey = (of: GenerationRun): string => `${runPrefix(of)}embedding.zip`;

export const sampleEmbeddingKey = (of: GenerationRun, sampleIndex: number): string =>
  `${runPrefix(of)}embeddings/${count(sampleIndex)}.safetensors`;

export const speechKey = (of: GenerationId): string => `${generationPrefix(of)}speech.opus`;

export const testSampleKey = (of: GenerationRun, sampleIndex: number, sentenceIndex: number): string =>
  `${runPrefix(of)}test/${count(sampleIndex)}_${count(sentenceIndex)}.opus`;

/** The prefix of everything that the GPU side may PUT for one generation. */
export const inboxPrefix = (of: GenerationId): string =>
  `${voicePrefix(of.voiceId)}inbox/${id(of.jobId)}/${count(of.generation)}/`;

export const inboxEmbeddingZipKey = (of: GenerationId): string => `${inboxPrefix(of)}embedding.zip`;

export const inboxSampleEmbeddingKey = (of: GenerationId, sampleIndex: number): string =>
  `${inboxPrefix(of)}embeddings/${count(sampleIndex)}.safetensors`;

export const inboxSpeechKey = (of: GenerationId): string => `${inboxPrefix(of)}speech.opus`;

export const inboxOutputKey = (of: GenerationId): string => `${inboxPrefix(of)}output.json`;

export const inboxTestSampleKey = (of: GenerationId, sampleIndex: number, sentenceIndex: number): string =>
  `${inboxPrefix(of)}test/${count(sampleIndex)}_${count(sentenceIndex)}.opus`;

/** Whether a key is one of {@link embeddingZipKey}. */
export function isEmbeddingZipKey(key: string): boolean {
  const parsed = parseObjectKey(key);
  if (parsed?.kind !== 'output') return false;
  const [, run] = ofRun.exec(parsed.file) ?? [];
  return embeddingZipKey({ ...parsed, run: run === undefined ? undefined : Number(run) }) === key;
}

/** What a key says about its object. `file` is the path inside the generation's folder. */
export type ParsedObjectKey =
  | { readonly kind: 'upload'; readonly voiceId: string; readonly uploadId: string }
  | { readonly kind: 'uploaded_sample'; readonly voiceId: string; readonly sampleId: string }
  | { readonly kind: 'consent'; readonly voiceId: string; readonly consentId: string; readonly file: string }
  | {
      readonly kind: 'output' | 'inbox';
      readonly voiceId: string;
      readonly jobId: string;
      readonly generation: number;
      readonly file: string;
    };

const counted = '[1-9][0-9]{0,8}';
const test = `test/${counted}_${counted}\\.opus`;
const embeddings = `embedding\\.zip|embeddings/${counted}\\.safetensors`;
const runs = `(?:runs/${counted}/)?(?:${embeddings}|${test})`;
const imported = `consents/${counted}/(?:file|recording\\.opus)`;
const output = `original\\.opus|analysis\\.track|speech\\.opus|samples/${counted}\\.opus|${runs}|${imported}`;
const inbox = `${embeddings}|speech\\.opus|output\\.json|${test}`;

const ofRun = new RegExp(`^runs/(${counted})/`);
const upload = new RegExp(`^${voicesPrefix}(${uuidPattern})/uploads/(${uuidPattern})$`);
const uploadedSample = new RegExp(`^${voicesPrefix}(${uuidPattern})/uploaded/(${uuidPattern})\\.opus$`);
const consent = new RegExp(`^${voicesPrefix}(${uuidPattern})/consents/(${uuidPattern})/(file|recording\\.opus)$`);
const ofGeneration = new RegExp(
  `^${voicesPrefix}(${uuidPattern})/` +
    `(?:jobs/(${uuidPattern})/(${counted})/(${output})|inbox/(${uuidPattern})/(${counted})/(${inbox}))$`,
);

/**
 * Parses a key, for garbage collection.
 *
 * @returns null for any other string: Timbre did not make that object and must not judge it
 */
export function parseObjectKey(key: string): ParsedObjectKey | null {
  const [, uploadVoice, uploadId] = upload.exec(key) ?? [];
  if (uploadVoice && uploadId) return { kind: 'upload', voiceId: uploadVoice, uploadId };

  const [, sampleVoice, sampleId] = uploadedSample.exec(key) ?? [];
  if (sampleVoice && sampleId) return { kind: 'uploaded_sample', voiceId: sampleVoice, sampleId };

  const [, consentVoice, consentId, consentFile] = consent.exec(key) ?? [];
  if (consentVoice && consentId && consentFile) {
    return { kind: 'consent', voiceId: consentVoice, consentId, file: consentFile };
  }

  const [, voiceId, outputJob, outputGeneration, outputFile, inboxJob, inboxGeneration, inboxFile] =
    ofGeneration.exec(key) ?? [];
  if (voiceId && outputJob && outputFile) {
    return { kind: 'output', voiceId, jobId: outputJob, generation: Number(outputGeneration), file: outputFile };
  }
  if (voiceId && inboxJob && inboxFile) {
    return { kind: 'inbox', voiceId, jobId: inboxJob, generation: Number(inboxGeneration), file: inboxFile };
  }
  return null;
}
