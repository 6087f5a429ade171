import { ApiFailure, type Connection, followEvents, type StreamEvent } from '#libs/client';

/** What a page does with a stream of events. */
export interface LiveHandlers {
  readonly onEvent: (event: StreamEvent) => void;
  /** Events arrive. `isResumed` is false for the first connection: what was read before it may be out of date. */
  readonly onOpen: (isResumed: boolean) => void;
  /** The stream is cut off. It is opened again, unless `failure` is final. */
  readonly onCut: (failure: unknown) => void;
}

/** How a stream is opened and waited for. Tests replace it. */
export interface LiveMeans {
  readonly follow: typeof followEvents;
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly random: () => number;
}

const means: LiveMeans = {
  follow: followEvents,
  wait: (milliseconds, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
    }),
  random: Math.random,
};

const longestWaitMs = 30_000;

/** Returns how long to wait before the next connection: 1 s, 2 s, 4 s … 30 s, spread by half so that pages do not return at once. */
export function waitMs(cuts: number, failure: unknown, random: number): number {
  const asked = failure instanceof ApiFailure ? (failure.retryAfterSeconds ?? 0) * 1000 : 0;
  return Math.max(asked, Math.min(longestWaitMs, 1000 * 2 ** (cuts - 1)) * (0.5 + random / 2));
}

/** A wrong key, a missing right and a thing that does not exist stay so. Everything else may pass. */
export const isFinal = (failure: unknown): boolean =>
  failure instanceof ApiFailure && [401, 403, 404].includes(failure.status);

/**
 * Follows a stream, and opens it again whenever it ends, from the last event on. Ends when the signal is aborted, after a
 * final refusal, or after `voice.deleted` of a stream that `endsWithVoice`.
 */
export async function live(
  connection: Connection,
  path: string,
  { onEvent, onOpen, onCut }: LiveHandlers,
  { signal, endsWithVoice = false }: { readonly signal: AbortSignal; readonly endsWithVoice?: boolean },
  { follow, wait, random }: LiveMeans = means,
): Promise<void> {
  let lastEventId: string | undefined;
  let cuts = 0;
  let wasOpen = false;
  while (!signal.aborted) {
    let failure: unknown;
    try {
      let isOpen = false;
      for await (const event of follow(connection, path, { signal, lastEventId })) {
        if (!isOpen) onOpen(wasOpen);
        isOpen = wasOpen = true;
        cuts = 0;
        lastEventId = event.id ?? lastEventId;
        onEvent(event);
        if (endsWithVoice && event.name === 'voice.deleted') return;
      }
    } catch (error) {
      failure = error;
    }
    if (signal.aborted) return;
    onCut(failure);
    if (isFinal(failure)) return;
    cuts += 1;
    await wait(waitMs(cuts, failure, random()), signal);
  }
}
