import type { TestPartner } from './shared-stack.js';
import { waitFor } from './wait-for.js';

/** A server-sent event. */
export interface ReceivedEvent {
  readonly type: string;
  readonly id: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
}

/** An open stream of events, as a client reads it. */
export class EventClient {
  readonly events: ReceivedEvent[] = [];
  /** `null` while the stream is open; then whether it ended properly. */
  ended: 'properly' | 'broken' | null = null;
  private text = '';

  private constructor(
    readonly response: Response,
    private readonly leaving: AbortController,
  ) {
    void this.read();
  }

  /** @param route of the stream below `/api` @throws Error if the answer is not a stream */
  static async open(
    { http }: Pick<TestPartner, 'http'>,
    route: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<EventClient> {
    const leaving = new AbortController();
    const response = await http.fetch(route, {
      headers: { Accept: 'text/event-stream', ...headers },
      signal: leaving.signal,
    });
    if (response.status !== 200) throw new Error(`${route}: ${response.status} ${await response.text()}`);
    return new EventClient(response, leaving);
  }

  /** The id that a browser would send when it reconnects. */
  get lastId(): string | undefined {
    return this.events.findLast(({ id }) => id !== undefined)?.id;
  }

  /** Waits for an event that matches. */
  next(what: string, matches: (event: ReceivedEvent) => boolean): Promise<ReceivedEvent> {
    return waitFor(what, () => {
      if (this.ended !== null) throw new Error(`The stream has ended ${this.ended} before ${what}`);
      return this.events.find(matches) ?? false;
    });
  }

  /** Waits for the end of the stream. */
  end(): Promise<'properly' | 'broken'> {
    return waitFor('the end of the stream', () => this.ended ?? false);
  }

  leave(): void {
    this.leaving.abort();
  }

  private async read(): Promise<void> {
    try {
      const decoder = new TextDecoder();
      for await (const bytes of this.response.body ?? [])
        this.take(decoder.decode(bytes as Uint8Array, { stream: true }));
      this.ended = 'properly';
    } catch {
      this.ended = 'broken';
    }
  }

  private take(text: string): void {
    const parts = (this.text + text).split('\n\n');
    this.text = parts.pop() ?? '';
    for (const part of parts) {
      const fields = new Map(part.split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string]));
      const type = fields.get('event');
      if (type === undefined) continue; // `retry` alone
      this.events.push({
        type,
        id: fields.get('id'),
        data: JSON.parse(fields.get('data') ?? '') as ReceivedEvent['data'],
      });
    }
  }
}
