/** A sentence that is shown over the page. */
export interface Toast {
  readonly id: number;
  readonly tone: 'good' | 'poor';
  readonly sentence: string;
}

/** More would cover the page. */
const mostToasts = 3;

/** The sentences that are shown at present, the oldest first. */
export class ToastQueue {
  #toasts: readonly Toast[] = [];
  #lastId = 0;
  readonly #listeners = new Set<() => void>();

  /** @param durationMs how long it is shown; until it is removed if not given */
  add(tone: Toast['tone'], sentence: string, durationMs?: number): void {
    const id = ++this.#lastId;
    this.#change([...this.#toasts, { id, tone, sentence }].slice(-mostToasts));
    if (durationMs !== undefined) setTimeout(() => this.remove(id), durationMs);
  }

  remove(id: number): void {
    this.#change(this.#toasts.filter((toast) => toast.id !== id));
  }

  readonly current = (): readonly Toast[] => this.#toasts;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #change(toasts: readonly Toast[]): void {
    this.#toasts = toasts;
    for (const listener of this.#listeners) listener();
  }
}
