import type { VoiceSnapshot } from './voice-snapshot.js';

/** An object of a voice with what its row says about it; null where the row does not say it. */
export interface RecordedObject {
  readonly objectKey: string;
  readonly bytes: number | null;
  readonly sha256: string | null;
  readonly crc32: number | null;
}

type Row = Pick<RecordedObject, 'objectKey'> & Partial<RecordedObject>;

/** Returns all objects of a snapshot, none twice. */
export function objectsOf({ originalKey, samples, embeddings, consents }: VoiceSnapshot): readonly RecordedObject[] {
  const rows: readonly Row[] = [
    ...(originalKey === null ? [] : [{ objectKey: originalKey }]),
    ...samples,
    ...embeddings.flatMap(({ run }) => {
      if (run === null) return [];
      const { archiveKey, sampleEmbeddings, testSamples } = run;
      return [...(sampleEmbeddings.length > 0 ? sampleEmbeddings : [{ objectKey: archiveKey }]), ...testSamples];
    }),
    ...consents.flatMap(({ file, recording }) => [file, recording].filter((row) => row !== null)),
  ];
  const objects = rows.map(({ objectKey, bytes = null, sha256 = null, crc32 = null }) => ({
    objectKey,
    bytes,
    sha256,
    crc32,
  }));
  return [...new Map(objects.map((object) => [object.objectKey, object] as const)).values()];
}

/** Returns the keys of all test samples of a snapshot. */
export function testSampleKeys({ embeddings }: VoiceSnapshot): ReadonlySet<string> {
  return new Set(embeddings.flatMap(({ run }) => run?.testSamples.map(({ objectKey }) => objectKey) ?? []));
}

/** Returns a snapshot without the test samples that have these keys. */
export function withoutTestSamples(snapshot: VoiceSnapshot, missing: ReadonlySet<string>): VoiceSnapshot {
  if (missing.size === 0) return snapshot;
  const embeddings = snapshot.embeddings.map(({ run, ...embedding }) => ({
    ...embedding,
    run: run && { ...run, testSamples: run.testSamples.filter(({ objectKey }) => !missing.has(objectKey)) },
  }));
  return { ...snapshot, embeddings };
}
