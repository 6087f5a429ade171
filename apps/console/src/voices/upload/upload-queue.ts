import type { Schema } from '#libs/client';
import { mayHaveArrived, retryMs } from './retry-rules.js';
import { type Mark, speedOf, withMark } from './transfer-speed.js';
import { isOver, newKey, type Upload, type UploadRequest, type UploadState } from './upload.js';

export interface SendOptions {
  readonly idempotencyKey: string;
  readonly signal: AbortSignal;
  readonly onProgress: (loaded: number, total: number) => void;
}

/** Sends one file, and returns the voice that was made of it. */
export type Send = (upload: UploadRequest, options: SendOptions) => Promise<Schema<'VoiceDetails'>>;

interface Work {
  /** The same until it is certain that Timbre made nothing of it. So no upload makes two voices. */
  idempotencyKey: string;
  readonly leaving: AbortController;
  /** Ends a pause between two tries. */
  hurry?: () => void;
}

/**
 * Uploads files, one after another, for as long as the tab is open: also while other pages are shown. Temporary failures are tried
 * again with the same `Idempotency-Key`.
 */
export class UploadQueue {
  private uploads: readonly Upload[] = [];
  private readonly work = new Map<string, Work>();
  private readonly listeners = new Set<() => void>();
  private isRunning = false;

  constructor(
    private readonly send: Send,
    private readonly now: () => number = Date.now,
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** All uploads that were not removed, in the order in which they were added. */
  readonly current = (): readonly Upload[] => this.uploads;

  /** Adds files to the end and returns their ids. */
  add(requests: readonly UploadRequest[]): readonly string[] {
    const added = requests.map((request): Upload => ({ ...request, id: newKey(), state: { is: 'waiting' } }));
    for (const { id } of added) this.work.set(id, { idempotencyKey: newKey(), leaving: new AbortController() });
    this.show([...this.uploads, ...added]);
    void this.run();
    return added.map(({ id }) => id);
  }

  /** Sends a failed upload again, or ends its pause. With another name it is another request. */
  retry(id: string, name?: string): void {
    const work = this.work.get(id);
    const upload = this.uploads.find((other) => other.id === id);
    if (!work || !upload) return;
    if (upload.state.is === 'pausing') return work.hurry?.();
    if (upload.state.is !== 'failed') return;
    const isOther = name !== undefined && name !== upload.name;
    if (isOther || !mayHaveArrived(upload.state.failure)) work.idempotencyKey = newKey();
    this.show(
      this.uploads.map((other) =>
        other.id === id ? { ...other, name: name ?? other.name, state: { is: 'waiting' } } : other,
      ),
    );
    void this.run();
  }

  /** Cancels an upload that is under way, and forgets it. */
  remove(id: string): void {
    this.work.get(id)?.leaving.abort();
    this.work.get(id)?.hurry?.();
    this.work.delete(id);
    this.show(this.uploads.filter((upload) => upload.id !== id));
  }

  /** Cancels and forgets everything, when its person signs out. */
  clear(): void {
    for (const { id } of this.uploads) this.remove(id);
  }

  private async run(): Promise<void> {
    if (this.isRunning) return;
    this.isRunning = true;
    for (let next = this.waiting(); next; next = this.waiting()) await this.upload(next);
    this.isRunning = false;
  }

  private waiting(): Upload | undefined {
    return this.uploads.find(({ state }) => state.is === 'waiting');
  }

  private async upload(upload: Upload): Promise<void> {
    const work = this.work.get(upload.id);
    if (!work) return;
    for (let retries = 0; !work.leaving.signal.aborted; retries += 1) {
      try {
        const voice = await this.send(upload, { ...this.progressOf(upload), ...workOf(work) });
        return this.move(upload.id, { is: 'done', voice });
      } catch (failure) {
        if (work.leaving.signal.aborted) return;
        const pause = retryMs(failure, retries);
        if (pause === undefined) return this.move(upload.id, { is: 'failed', failure });
        this.move(upload.id, { is: 'pausing', failure, untilMs: this.now() + pause });
        await waited(pause, work);
      }
    }
  }

  private progressOf({ id }: Upload): Pick<SendOptions, 'onProgress'> {
    let marks: readonly Mark[] = [{ atMs: this.now(), loaded: 0 }];
    this.move(id, { is: 'sending', loaded: 0 });
    return {
      onProgress: (loaded, total) => {
        marks = withMark(marks, { atMs: this.now(), loaded });
        const isSent = loaded >= total;
        this.move(id, isSent ? { is: 'checking' } : { is: 'sending', loaded, bytesPerSecond: speedOf(marks) });
      },
    };
  }

  private move(id: string, state: UploadState): void {
    this.show(this.uploads.map((upload) => (upload.id === id ? { ...upload, state } : upload)));
  }

  private show(uploads: readonly Upload[]): void {
    this.uploads = uploads;
    for (const listener of this.listeners) listener();
  }
}

const workOf = ({ idempotencyKey, leaving: { signal } }: Work): Omit<SendOptions, 'onProgress'> => ({
  idempotencyKey,
  signal,
});

function waited(milliseconds: number, work: Work): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    work.hurry = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}

/** Returns whether something would be lost if the page were left. */
export const isUploading = (uploads: readonly Upload[]): boolean => uploads.some((upload) => !isOver(upload));
