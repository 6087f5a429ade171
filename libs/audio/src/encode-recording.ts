import { stat } from 'node:fs/promises';
import { encodeOpus, withinLimits, type EncodeOptions, type OpusEncoding } from './encode-opus.js';
import type { EncodeSlot, EncodeSlots } from './encode-slots.js';
import { joinSections } from './join-sections.js';
import { conversionLimits, probeLimits } from './limits.js';
import { readFacts } from './probe-recording.js';
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
  /** Length the recording is thought to have; null when nobody knows. */
  readonly expectedSeconds: number | null;
  /** Its begin that somebody waits for, 0 unless told: all slots work at it first. */
  readonly firstSeconds?: number;
  /** `longestSectionSeconds` unless told. */
  readonly sectionSeconds?: number;
}

/**
 * As `encodeOpus`, within the slots of the process: waits for one, and encodes sections of a long recording side by side
 * in those that are idle.
 *
 * The packets come in order, the first ones first, whatever runs beside. What comes out is as long, to the sample, as
 * from a single encode and has no gap where sections meet; limits, aborts and time-outs hold for every ffmpeg, and the
 * first failure ends all. A recording whose container does not let ffmpeg seek to the exact sample, or that is too short
 * for it to pay, is encoded in one piece.
 *
 * @throws as `encodeOpus`
 */
export async function encodeRecording(options: EncodeRecordingOptions): Promise<OpusEncoding> {
  const slot = await options.slots.take(options.signal);
  try {
    const found = await sectionsOf(options);
    if (found === undefined) return releasing(slot, await encodeOpus(options));
    return await encodeSections(options, found, slot);
  } catch (error) {
    slot.release();
    throw error;
  }
}

interface FoundSections {
  readonly sections: readonly Section[];
  readonly streamStartSeconds: number;
}

async function sectionsOf(options: EncodeRecordingOptions): Promise<FoundSections | undefined> {
  const { slots, expectedSeconds, firstSeconds = 0, sectionSeconds = longestSectionSeconds, inputPath } = options;
  // A look at the file costs 0.1 s: not for those that are too short anyway.
  if (slots.count === 1 || expectedSeconds === null) return undefined;
  if (expectedSeconds < leastDividedSeconds(sectionSeconds)) return undefined;
  const { size: fileBytes } = await stat(inputPath);
  const facts = await readFacts(inputPath, fileBytes, { ...options, limits: probeLimits });
  if (!seeksExactly(facts)) return undefined;
  const sections = planSections({ durationSeconds: facts.durationSeconds ?? 0, firstSeconds }, sectionSeconds);
  return sections.length === 1 ? undefined : { sections, streamStartSeconds: facts.startSeconds };
}

async function encodeSections(
  options: EncodeRecordingOptions,
  { sections, streamStartSeconds }: FoundSections,
  ownSlot: EncodeSlot,
): Promise<OpusEncoding> {
  const { tools, inputPath, workFolder, limits, slots } = options;
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  const input: SectionInput = {
    ...{ tools, inputPath, workFolder, streamStartSeconds, signal },
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
