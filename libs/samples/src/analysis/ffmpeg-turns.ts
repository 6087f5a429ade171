import type { AudioTools, EncodeSlots } from '#libs/audio';

/** Injection token of {@link FfmpegTurns}: each process has a global provider. */
export const FFMPEG_TURNS = Symbol('FFMPEG_TURNS');

/** Limits how many ffmpegs a process runs, in the worker by its slots for jobs, in the API by those for requests. */
export interface FfmpegTurns {
  /**
   * Runs work as soon as the process may run one ffmpeg more.
   *
   * @throws AppError `unavailable` if too much work is waiting; the signal's reason; what `work` throws
   */
  run<T>(partnerId: string, work: (tools: AudioTools) => Promise<T>, signal?: AbortSignal): Promise<T>;
}

/** The turns of a worker: measuring takes one of the slots of its encodes. */
export function encodeTurns(slots: EncodeSlots, tools: AudioTools): FfmpegTurns {
  return {
    async run(_partnerId, work, signal) {
      const slot = await slots.take(signal);
      try {
        return await work(tools);
      } finally {
        slot.release();
      }
    },
  };
}
