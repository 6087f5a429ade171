/** A sentence that is shown over the page. */
export interface Toast {
  readonly id: number;
  readonly tone: 'good' | 'poor';
  readonly sentence: string;
  /** How long it is shown; until it is removed if undefined. */
  readonly durationMs: number | undefined;
}

/** More would cover the page. */
const mostToasts = 3;

/** The sentences that are shown at present, the oldest first. */
export class ToastQueue {
  #toasts: readonly Toast[] = [];
  #lastId = 0;
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>();
  readonly #listeners = new Set<() => void>();

  /** @param durationMs how long it is shown; until it is removed if not given */
  add(tone: Toast['tone'], sentence: string, durationMs?: number): void {
    const toast: Toast = { id: ++this.#lastId, tone, sentence, durationMs };
    this.#change([...this.#toasts, toast].slice(-mostToasts));
    this.#start(toast);
  }

  remove(id: number): void {
    this.#change(this.#toasts.filter((toast) => toast.id !== id));
  }

  /** Nothing goes by itself any more, because somebody reads or is about to press something. */
  readonly hold = (): void => {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  };

  /** What was held is shown for its whole time again. */
  readonly release = (): void => {
    this.hold();
    this.#toasts.forEach((toast) => this.#start(toast));
  };

  readonly current = (): readonly Toast[] => this.#toasts;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #start({ id, durationMs }: Toast): void {
    if (durationMs === undefined) return;
    const pass = (): void => {
      this.#timers.delete(id);
      this.remove(id);
    };
    this.#timers.set(id, setTimeout(pass, durationMs));
  }

  #change(toasts: readonly Toast[]): void {
    this.#toasts = toasts;
    for (const listener of this.#listeners) listener();
  }
}
