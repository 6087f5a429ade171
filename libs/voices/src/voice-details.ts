import { decodedTime, type QualityFigures } from '#libs/audio';
import type {
  JobProgress,
  ProcessingStatus,
  StoredEngine,
  StoredMissingAudio,
  StoredScore,
  UpdateStatus,
} from '#libs/database';
import { staleReasons, type StaleReason } from './stale-reasons.js';
import type { VoiceWarning } from './voice-warning.js';

/** Which voice a request is about. */
export interface VoiceRef {
  readonly id: string;
  readonly partnerId: string;
  readonly name: string;
}

/** One row of the voice list. */
export interface VoiceSummary {
  readonly id: string;
  readonly name: string;
  readonly hasOriginal: boolean;
  /** null if the voice has no recording, or its length is not known. */
  readonly originalDurationSeconds: number | null;
  readonly sampleCount: number;
  readonly splittingStatus: ProcessingStatus;
  readonly embeddingStatus: ProcessingStatus;
  readonly preferredSampleIndex: number | null;
  /** BCP 47. */
  readonly language: string;
  /** Texts of the form `key:value`, ordered by key. */
  readonly labels: readonly string[];
  readonly creatorName: string | null;
  readonly creatorEmail: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A row of a list, with its place in it. */
export interface ListedVoice extends VoiceSummary {
  /** Opaque. The next page starts after it. */
  readonly place: string;
}

/** A voice that has an embedding. */
export interface EmbeddedVoice {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly language: string;
  readonly labels: readonly string[];
  readonly ttsType: string;
  /** Opaque. The next page starts after it. */
  readonly place: string;
}

export interface SampleInfo {
  readonly index: number;
  /** Where it starts in the recording; null for uploaded samples. */
  readonly sourceStartSeconds: number | null;
  /** Where it starts in the converted recording, which lacks what was damaged; null for uploaded samples. */
  readonly startSeconds: number | null;
  readonly durationSeconds: number;
  /** null until it is measured, and for samples of older processes. */
  readonly quality: QualityFigures | null;
}

/** How the last embedding run of a tts type ended, and the results of the last successful one. */
export interface EmbeddingInfo {
  readonly ttsType: string;
  readonly lastUpdateStatus: UpdateStatus;
  readonly lastUpdateTime: Date;
  /** Ordered by sample, then by sentence. */
  readonly testSamples: readonly { readonly sampleIndex: number; readonly sentenceIndex: number }[];
  /** Best first. */
  readonly scores: readonly StoredScore[];
  readonly stale: boolean;
  /** Empty before the first success. */
  readonly staleReasons: readonly StaleReason[];
  /** The current run: the last successful one, or one that was restored; null before the first. */
  readonly runId: string | null;
  /** null for a run of a release that did not keep it. So is the language. */
  readonly engine: StoredEngine | null;
  readonly language: string | null;
  /** What the test samples say, by sentence index; empty for a run of a release that did not keep them. */
  readonly testSentences: readonly string[];
}

/** The columns of a voice that its details show as they are. */
interface VoiceColumns extends VoiceRef {
  readonly originalFilename: string | null;
  readonly originalUploadedName: string | null;
  readonly originalDurationSeconds: number | null;
  /** When the original was removed because it was kept long enough; null if it was not. */
  readonly originalRemovedAt: Date | null;
  readonly splittingStatus: ProcessingStatus;
  readonly embeddingStatus: ProcessingStatus;
  readonly splittingError: string | null;
  readonly embeddingError: string | null;
  /** What is wrong with the recording; empty when nothing is. */
  readonly warnings: readonly VoiceWarning[];
  /** Of the active job; null while there is none. */
  readonly progress: JobProgress | null;
  /** Ordered by index. */
  readonly samples: readonly SampleInfo[];
  /** BCP 47. */
  readonly language: string;
  /** Texts of the form `key:value`, ordered by key. */
  readonly labels: readonly string[];
  readonly description: string | null;
  /** The tts type of the current embedding. */
  readonly embeddingType: string;
  readonly preferredSampleIndex: number | null;
  readonly creatorName: string | null;
  readonly creatorEmail: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface VoiceDetails extends VoiceColumns {
  /** null before the first run has ended. */
  readonly embedding: EmbeddingInfo | null;
  /** Signed, valid for an hour; null before the first successful run. */
  readonly embeddingZipUrl: string | null;
}

/** The keys of all audio that details list. */
export interface AudioKeys {
  /** null if the voice has no converted recording. */
  readonly originalKey: string | null;
  /** By index. */
  readonly sampleKeys: ReadonlyMap<number, string>;
  /** By {@link testSampleName}. */
  readonly testSampleKeys: ReadonlyMap<string, string>;
}

/** A voice with the keys of its audio, both of the same moment. */
export interface AudibleVoice {
  readonly details: VoiceDetails;
  readonly audio: AudioKeys;
}

/** The row that one statement reads for details. */
export interface VoiceRow extends Omit<VoiceColumns, 'samples'> {
  readonly samples: readonly Omit<SampleInfo, 'startSeconds'>[];
  /** What the converted recording lacks. */
  readonly originalMissing: readonly StoredMissingAudio[];
  readonly lastUpdateStatus: UpdateStatus | null;
  readonly lastUpdateTime: Date | null;
  readonly zipKey: string | null;
  readonly scores: readonly StoredScore[] | null;
  readonly stale: boolean | null;
  readonly testSamples: EmbeddingInfo['testSamples'];
  readonly runId: string | null;
  readonly runEngine: StoredEngine | null;
  readonly runLanguage: string | null;
  readonly runTestSentences: readonly string[] | null;
  /** What the endpoint of its tts type last reported. */
  readonly reportedEngine: StoredEngine | null;
  /** What it last reported for the language of the run. */
  readonly reportedForLanguage: StoredEngine | null;
}

/** Returns the details in a row. @param signZip returns a URL for the object with this key */
export function detailsOf(row: VoiceRow, signZip: (zipKey: string) => string): VoiceDetails {
  const { lastUpdateStatus, lastUpdateTime, zipKey, scores, stale, testSamples, originalMissing, ...others } = row;
  const { runId, runEngine, runLanguage, runTestSentences, reportedEngine, reportedForLanguage, ...columns } = others;
  const run = { samplesChanged: stale ?? false, engine: runEngine, language: runLanguage };
  const now = { language: row.language, engine: reportedEngine, engineOfLanguage: reportedForLanguage };
  const embedding =
    lastUpdateStatus === null || lastUpdateTime === null
      ? null
      : {
          ttsType: row.embeddingType,
          lastUpdateStatus,
          lastUpdateTime,
          testSamples,
          scores: scores ?? [],
          stale: stale ?? false,
          staleReasons: zipKey === null ? [] : staleReasons(run, now),
          runId,
          engine: runEngine,
          language: runLanguage,
          testSentences: runTestSentences ?? [],
        };
  const samples = row.samples.map((sample) => ({ ...sample, startSeconds: startIn(sample, originalMissing) }));
  return { ...columns, samples, embedding, embeddingZipUrl: zipKey === null ? null : signZip(zipKey) };
}

const startIn = (
  { sourceStartSeconds }: Pick<SampleInfo, 'sourceStartSeconds'>,
  missing: readonly StoredMissingAudio[],
): number | null => (sourceStartSeconds === null ? null : decodedTime(sourceStartSeconds, missing));

/** What the statement selects in addition for the URLs of a voice's audio. */
export interface AudioColumns {
  readonly originalKey: string | null;
  readonly sampleKeys: readonly (readonly [index: number, key: string])[];
  readonly testSampleKeys: readonly (readonly [sampleIndex: number, sentenceIndex: number, key: string])[];
}

/** The name of a test sample in {@link AudioKeys}. */
export const testSampleName = (sampleIndex: number, sentenceIndex: number): string => `${sampleIndex}_${sentenceIndex}`;

export function audioKeysOf({ originalKey, sampleKeys, testSampleKeys }: AudioColumns): AudioKeys {
  return {
    originalKey,
    sampleKeys: new Map(sampleKeys),
    testSampleKeys: new Map(
      testSampleKeys.map(([sample, sentence, key]) => [testSampleName(sample, sentence), key] as const),
    ),
  };
}
