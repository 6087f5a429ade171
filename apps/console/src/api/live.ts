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

interface LiveOptions {
  readonly signal: AbortSignal;
  /** Ends after `voice.deleted`: the stream is that of one voice. */
  readonly endsWithVoice?: boolean;
}

/**
 * Follows a stream, and opens it again whenever it ends, from the last event on. Ends when the signal is aborted, after a
 * final refusal, or after `voice.deleted` of a stream that `endsWithVoice`.
 */
export async function live(
  connection: Connection,
  path: string,
  handlers: LiveHandlers,
  { signal, endsWithVoice = false }: LiveOptions,
  { follow, wait, random }: LiveMeans = means,
): Promise<void> {
  let lastEventId: string | undefined;
  let cuts = 0;
  let wasOpen = false;
  let isDeleted = false;
  const hear = (event: StreamEvent, isFirst: boolean): void => {
    if (isFirst) handlers.onOpen(wasOpen);
    wasOpen = true;
    cuts = 0;
    lastEventId = event.id ?? lastEventId;
    isDeleted = endsWithVoice && event.name === 'voice.deleted';
    handlers.onEvent(event);
  };
  while (!signal.aborted && !isDeleted) {
    const failure = await hearAll(follow(connection, path, { signal, lastEventId }), hear);
    if (signal.aborted || isDeleted) return;
    handlers.onCut(failure);
    if (isFinal(failure)) return;
    cuts += 1;
    await wait(waitMs(cuts, failure, random()), signal);
  }
}

/** Hands on the events of one connection. Returns why it broke; undefined if it ended. */
async function hearAll(
  events: AsyncIterable<StreamEvent>,
  hear: (event: StreamEvent, isFirst: boolean) => void,
): Promise<unknown> {
  let isFirst = true;
  try {
    for await (const event of events) {
      hear(event, isFirst);
      isFirst = false;
    }
    return undefined;
  } catch (failure) {
    return failure;
  }
}
