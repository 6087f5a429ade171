import type { Response } from 'express';

/** A request that is answered later. It ends when it is answered, or when the client closes the connection. */
export class HeldRequest {
  private timer: NodeJS.Timeout | undefined;
  private ended = false;

  /**
   * @param limitMs answers with 204 after this time; null to wait without a limit
   * @param onEnd called once
   */
  constructor(
    private readonly response: Response,
    limitMs: number | null,
    private readonly onEnd: () => void,
  ) {
    response.once('close', () => this.end());
    if (response.destroyed) queueMicrotask(() => this.end());
    if (limitMs !== null) this.timer = setTimeout(() => this.answer(null), limitMs).unref();
  }

  get isOpen(): boolean {
    return !this.ended && !this.response.destroyed;
  }

  /** Answers with 200 and JSON, or with 204. */
  answer(body: object | null): void {
    if (!this.isOpen) return;
    this.end();
    if (body === null) this.response.status(204).end();
    else this.response.json(body);
  }

  private end(): void {
    if (this.ended) return;
    this.ended = true;
    clearTimeout(this.timer);
    this.onEnd();
  }
}
