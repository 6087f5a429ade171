import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import {
  encodeRecording,
  EncodeSlots,
  oggOpusFile,
  probeRecording,
  recordingLimits,
  refuseSilence,
  recordingWarnings,
  samplesPerSecond,
  SectionsDisagree,
  type AnalysisTrack,
  type AudioTools,
  type MissingAudio,
  type RecordingFacts,
  type RecordingWarning,
} from '#libs/audio';

/** The result of a conversion. */
export interface Converted {
  readonly facts: RecordingFacts;
  /** The original as it would be stored. */
  readonly ogg: Buffer;
  readonly totalSamples: number;
  readonly seconds: number;
  readonly missing: readonly MissingAudio[];
  readonly warnings: readonly RecordingWarning[];
  readonly track: AnalysisTrack | null;
}

export interface ConvertOptions {
  readonly tools: AudioTools;
  readonly inputPath: string;
  readonly workFolder: string;
  /** Null if it was converted in one piece. */
  readonly sectionSeconds: number | null;
}

const limits = recordingLimits(600);

/** Probes a recording as the API does and converts it as the worker does (libs/samples/src/splitting/recording-converter.ts). */
export async function convert(options: ConvertOptions): Promise<Converted> {
  const { tools, inputPath } = options;
  const facts = await probeRecording({ tools, inputPath, limits });
  await refuseSilence(facts, { tools, inputPath, limits });
  try {
    return await encode(facts, options);
  } catch (error) {
    if (!(error instanceof SectionsDisagree)) throw error;
    return encode(facts, { ...options, sectionSeconds: null });
  }
}

async function encode(facts: RecordingFacts, options: ConvertOptions): Promise<Converted> {
  const { sectionSeconds, ...input } = options;
  const encoding = await encodeRecording({
    ...{ ...input, facts, limits, slots: new EncodeSlots(2) },
    ...(sectionSeconds === null ? { inOnePiece: true } : { sectionSeconds }),
  });
  try {
    const ogg = await buffer(Readable.from(oggOpusFile(encoding, 1)));
    const totalSamples = encoding.totalSamples();
    const [missing, decodedSeconds] = [encoding.missing(), totalSamples / samplesPerSecond];
    const warnings = recordingWarnings(facts, { decodedSeconds, missing, jumps: encoding.jumps() });
    return { facts, ogg, totalSamples, seconds: decodedSeconds, missing, warnings, track: encoding.track() };
  } finally {
    await encoding.close();
  }
}
