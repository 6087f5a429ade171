import type { AudioTools } from '#libs/audio';
import { WorkSlots } from './work-slots.js';

/** A conversion takes up to some seconds; so many per process may wait for one. */
const waitingConversions = 8;
/** A look at a file takes about 0.1 s. */
const waitingProbes = 200;

/** ffmpeg and ffprobe as the API runs them: few at a time. */
export class AudioWork {
  private readonly conversions: WorkSlots;
  private readonly probes: WorkSlots;

  /** @param processes API_FFMPEG_PROCESSES */
  constructor(
    private readonly tools: AudioTools,
    processes: number,
  ) {
    this.conversions = new WorkSlots({ running: processes, waiting: waitingConversions, retryAfterSeconds: 5 });
    this.probes = new WorkSlots({ running: processes + 1, waiting: waitingProbes, retryAfterSeconds: 5 });
  }

  /** @throws AppError `unavailable` when too many files wait already */
  probe<T>(work: (tools: AudioTools) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.probes.run(() => work(this.tools), signal);
  }

  /** @throws AppError `unavailable` when too many conversions wait already */
  convert<T>(work: (tools: AudioTools) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.conversions.run(() => work(this.tools), signal);
  }
}
