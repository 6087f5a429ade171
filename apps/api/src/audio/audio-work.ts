import type { AudioTools } from '#libs/audio';
import { WorkSlots } from './work-slots.js';

/** How many conversions may wait in a process. One takes up to a few seconds. */
const waitingConversions = 8;
/** How many probes may wait in a process. One takes about 0.1 s. */
const waitingProbes = 200;

/** Runs ffmpeg and ffprobe for requests: few at a time, and partners take turns. */
export class AudioWork {
  private readonly conversions: WorkSlots;
  private readonly probes: WorkSlots;

  /** @param processes API_FFMPEG_PROCESSES */
  constructor(
    private readonly tools: AudioTools,
    processes: number,
  ) {
    const retryAfterSeconds = 5;
    const converting = { running: processes, ofOnePartner: processes, waiting: waitingConversions };
    // One slot more than a partner may use, so that its slow files do not hold up other partners.
    const probing = { running: processes + 2, ofOnePartner: processes + 1, waiting: waitingProbes };
    this.conversions = new WorkSlots({ ...converting, retryAfterSeconds });
    this.probes = new WorkSlots({ ...probing, retryAfterSeconds });
  }

  /** @throws AppError `unavailable` if too many probes are waiting */
  probe<T>(partnerId: string, work: (tools: AudioTools) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.probes.run(partnerId, () => work(this.tools), signal);
  }

  /** @throws AppError `unavailable` if too many conversions are waiting */
  convert<T>(partnerId: string, work: (tools: AudioTools) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.conversions.run(partnerId, () => work(this.tools), signal);
  }
}
