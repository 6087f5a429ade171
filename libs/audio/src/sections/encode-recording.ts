import { encodeOpus, withinLimits, type EncodeOptions, type OpusEncoding } from '../ffmpeg/encode-opus.js';
import type { EncodeSlot, EncodeSlots } from './encode-slots.js';
import { joinSections } from './join-sections.js';
import { conversionLimits, probeLimits } from '../ffmpeg/limits.js';
import { lostAudio, type MissingAudio } from '../probing/recording-time.js';
import { hidesDamage, scanPackets } from '../damage/scan-packets.js';
import { SectionEncoding, type SectionInput } from './section-encoding.js';
import { maxSectionSeconds, minDividedSeconds, planSections, seeksExactly, type Section } from './section-plan.js';
import { SectionSchedule } from './section-schedule.js';

export interface EncodeRecordingOptions extends EncodeOptions {
  /** Limits the ffmpegs of all jobs of this process. */
  readonly slots: EncodeSlots;
  /** Seconds from the start that are needed first (default 0). All slots encode these before the rest. */
  readonly firstSeconds?: number;
  /** Default `maxSectionSeconds`. */
  readonly sectionSeconds?: number;
  /** Encodes any recording in one piece, for a second attempt after `SectionsDisagree`. */
  readonly inOnePiece?: boolean;
}

/** A recording being encoded within the slots of the process. */
export interface RecordingEncoding extends OpusEncoding {
  /** Returns where audio is missing in the part encoded so far. */
  missing(): readonly MissingAudio[];
}

/**
 * As `encodeOpus`, but within the slots of the process. Waits for a slot, and encodes sections of a long recording in
 * parallel in idle slots.
 *
 * The packets come in order. Sample for sample, the result is that of a single encode. Limits, aborts and timeouts apply
 * to every ffmpeg, and the first failure ends all of them. A recording is encoded in one piece if its container does not
 * let ffmpeg seek to an exact sample, or if it is too short for sections to pay off.
 *
 * @throws as `encodeOpus`; SectionsDisagree from `batches` if only a single encode can decode the recording correctly.
 *   The packets before it are right, and a call with `inOnePiece` gives all of them.
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
  /** A single section if the recording is to be encoded in one piece. */
  readonly sections: readonly Section[];
}

async function lookAhead(options: EncodeRecordingOptions): Promise<LookAhead> {
  const { slots, facts, inputPath, inOnePiece = false } = options;
  const { firstSeconds = 0, sectionSeconds = maxSectionSeconds } = options;
  const durationSeconds = facts.durationSeconds ?? 0;
  const isDivisible =
    !inOnePiece && slots.count > 1 && durationSeconds >= minDividedSeconds(sectionSeconds) && seeksExactly(facts);
  const sections = planSections({ durationSeconds: isDivisible ? durationSeconds : 0, firstSeconds }, sectionSeconds);
  const isPlain = facts.codecName.startsWith('pcm_');
  if (isPlain || (sections.length === 1 && !hidesDamage(facts))) return { missing: [], sections };
  // Reading all packets of a recording of hours takes longer than a probe may.
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
  const start = (section: Section): SectionEncoding => {
    const encoding = new SectionEncoding(section, input);
    encoding.output.once('error', (error) => stop.abort(error));
    return encoding;
  };
  const schedule = new SectionSchedule({ sections, start, slots, ownSlot, signal });
  const close = async (reason: unknown): Promise<void> => {
    stop.abort(reason);
    for (const { output } of schedule.started) output.destroy();
    await Promise.all(schedule.started.map(({ gone }) => gone));
  };
  const stream = await joinSections(sections, schedule, close);
  return {
    ...stream,
    batches: withinLimits(stream, limits, options.onProgress),
    jumps: () => schedule.started.flatMap((encoding) => encoding.jumps()),
    close: () => close(new Error('The encoding was closed')),
  };
}

/** Releases the slot when the encoding ends. */
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
