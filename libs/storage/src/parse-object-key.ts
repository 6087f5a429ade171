/** What a key says about its object. `file` is the path inside the generation's folder. */
export type ParsedObjectKey =
  | { readonly kind: 'upload'; readonly voiceId: string; readonly uploadId: string }
  | { readonly kind: 'uploaded_sample'; readonly voiceId: string; readonly sampleId: string }
  | {
      readonly kind: 'output' | 'inbox';
      readonly voiceId: string;
      readonly jobId: string;
      readonly generation: number;
      readonly file: string;
    };

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const counted = '[1-9][0-9]{0,8}';
const test = `test/${counted}_${counted}\\.opus`;
const output = `original\\.opus|samples/${counted}\\.opus|embedding\\.zip|${test}`;
const inbox = `embedding\\.zip|output\\.json|${test}`;

const upload = new RegExp(`^voices/(${uuid})/uploads/(${uuid})$`);
const uploadedSample = new RegExp(`^voices/(${uuid})/uploaded/(${uuid})\\.opus$`);
const ofGeneration = new RegExp(
  `^voices/(${uuid})/(?:jobs/(${uuid})/(${counted})/(${output})|inbox/(${uuid})/(${counted})/(${inbox}))$`,
);

/**
 * Reads back a key of `object-keys.ts`, for garbage collection.
 *
 * @returns null for every other string: such an object is not ours to judge
 */
export function parseObjectKey(key: string): ParsedObjectKey | null {
  const [, uploadVoice, uploadId] = upload.exec(key) ?? [];
  if (uploadVoice && uploadId) return { kind: 'upload', voiceId: uploadVoice, uploadId };

  const [, sampleVoice, sampleId] = uploadedSample.exec(key) ?? [];
  if (sampleVoice && sampleId) return { kind: 'uploaded_sample', voiceId: sampleVoice, sampleId };

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
