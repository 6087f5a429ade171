import { encodeOpus, withinLimits, type EncodeOptions, type OpusEncoding } from './encode-opus.js';
import type { EncodeSlot, EncodeSlots } from './encode-slots.js';
import { joinSections } from './join-sections.js';
import { conversionLimits, probeLimits } from './limits.js';
import { lostAudio, type MissingAudio } from './recording-time.js';
import { isBareFrames, scanPackets } from './scan-packets.js';
import { SectionEncoding, type SectionInput } from './section-encoding.js';
import {
  leastDividedSeconds,
  longestSectionSeconds,
  planSections,
  seeksExactly,
  type Section,
} from './section-plan.js';
import { SectionSchedule } from './section-schedule.js';

export interface EncodeRecordingOptions extends EncodeOptions {
  /** The ffmpegs all jobs of this process may run. */
  readonly slots: EncodeSlots;
  /** Its begin that somebody waits for, 0 unless told: all slots work at it first. */
  readonly firstSeconds?: number;
  /** `longestSectionSeconds` unless told. */
  readonly sectionSeconds?: number;
  /** Encode in one piece, whatever the recording: after `SectionsDisagree`. */
  readonly inOnePiece?: boolean;
}

/** A recording being encoded within the slots of the process. */
export interface RecordingEncoding extends OpusEncoding {
  /** Where audio is missing, of what was encoded so far. */
  missing(): readonly MissingAudio[];
}

/**
 * As `encodeOpus`, within the slots of the process: waits for one, and encodes sections of a long recording side by side
 * in those that are idle.
 *
 * The packets come in order, the first ones first, whatever runs beside. What comes out is, to the sample, what a single
 * encode gives; limits, aborts and time-outs hold for every ffmpeg, and the first failure ends all. A recording whose
 * container does not let ffmpeg seek to the exact sample, or that is too short for it to pay, is encoded in one piece.
 *
 * @throws as `encodeOpus`; SectionsDisagree from `batches` when only a single encode can tell what the recording holds:
 *   what came before is right, and a call with `inOnePiece` gives all of it
 */
export async function encodeRecording(options: EncodeRecordingOptions): Promise<RecordingEncoding> {
  const slot = await options.slots.take(options.signal);
  try {
    const { missing, sections } = await lookAhead(options);
    const encoding =
      sections.length === 1
        ? releasing(slot, await encodeOpus(options))
        : await encodeSections(options, sections, slot);
    const { formatName } = options.facts;
    return { ...encoding, missing: () => [...missing, ...lostAudio(encoding.jumps(), formatName)] };
  } catch (error) {
    slot.release();
    throw error;
  }
}

interface LookAhead {
  /** Audio that is missing between the packets of the file. */
  readonly missing: readonly MissingAudio[];
  /** One where the recording is to be encoded in one piece. */
  readonly sections: readonly Section[];
}

async function lookAhead(options: EncodeRecordingOptions): Promise<LookAhead> {
  const { slots, facts, inputPath, inOnePiece = false } = options;
  const { firstSeconds = 0, sectionSeconds = longestSectionSeconds } = options;
  const durationSeconds = facts.durationSeconds ?? 0;
  const isDivisible =
    !inOnePiece && slots.count > 1 && durationSeconds >= leastDividedSeconds(sectionSeconds) && seeksExactly(facts);
  const sections = planSections({ durationSeconds: isDivisible ? durationSeconds : 0, firstSeconds }, sectionSeconds);
  const isPlain = facts.codecName.startsWith('pcm_');
  if (isPlain || (sections.length === 1 && !isBareFrames(facts))) return { missing: [], sections };
  // A look at all packets takes longer than one at the header, for a recording of hours.
  const limits = { ...conversionLimits(options.limits.maxSeconds), stallSeconds: probeLimits.stallSeconds };
  const scanned = await scanPackets(inputPath, facts, { ...options, limits });
  return { missing: scanned.missing, sections: scanned.seeksExactly ? sections : sections.slice(0, 1) };
}

async function encodeSections(
  options: EncodeRecordingOptions,
  sections: readonly Section[],
  ownSlot: EncodeSlot,
): Promise<OpusEncoding> {
  const { tools, inputPath, facts, workFolder, limits, slots } = options;
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  const input: SectionInput = {
    ...{ tools, inputPath, facts, workFolder, signal },
    limits: options.processLimits ?? conversionLimits(limits.maxSeconds),
  };
  const begin = (section: Section): SectionEncoding => {
    const encoding = new SectionEncoding(section, input);
    encoding.output.once('error', (error) => stop.abort(error));
    return encoding;
  };
  const schedule = new SectionSchedule({ sections, begin, slots, ownSlot, signal });
  const close = async (reason: unknown): Promise<void> => {
    stop.abort(reason);
    for (const { output } of schedule.begun) output.destroy();
    await Promise.all(schedule.begun.map(({ gone }) => gone));
  };
  const stream = await joinSections(sections, schedule, close);
  return {
    preSkip: stream.preSkip,
    batches: withinLimits(stream, limits, options.onProgress),
    totalSamples: () => stream.totalSamples(),
    jumps: () => schedule.begun.flatMap((encoding) => encoding.jumps()),
    close: () => close(new Error('The encoding was closed')),
  };
}

/** Gives the slot back when the encoding is over. */
function releasing(slot: EncodeSlot, encoding: OpusEncoding): OpusEncoding {
  async function* batches(): AsyncGenerator<readonly Uint8Array[]> {
    try {
      yield* encoding.batches;
    } finally {
      slot.release();
    }
  }
  const close = (): Promise<void> => encoding.close().finally(() => slot.release());
  return { ...encoding, batches: batches(), close };
}
