import { EventSourceParserStream } from 'eventsource-parser/stream';
import { ApiFailure } from './api-failure.js';
import type { Connection } from './connect.js';

/** An event of a stream (docs/api.md, Events). */
export interface StreamEvent {
  readonly name: string;
  /** Undefined for heartbeats. */
  readonly id: string | undefined;
  readonly data: unknown;
}

/** Heartbeats come every 5 s. Silence of this length means that the connection is dead. */
const silenceMs = 15_000;

export interface EventStreamOptions {
  readonly signal: AbortSignal;
  /** Events after this one are sent again. */
  readonly lastEventId?: string | undefined;
}

/**
 * Yields the events of one connection until it ends. Unlike the browser's EventSource it sends the key as a header, so that
 * the key is in no URL. The caller reconnects.
 *
 * @param path for example `/api/voices/demo/events`
 * @throws ApiFailure if the server refuses, or when the connection breaks or stays silent
 */
export async function* followEvents(
  { origin, key }: Connection,
  path: string,
  { signal, lastEventId }: EventStreamOptions,
): AsyncGenerator<StreamEvent> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), silenceMs);
  try {
    const headers: Record<string, string> = { Accept: 'text/event-stream', 'X-Api-Key': key };
    if (lastEventId !== undefined) headers['Last-Event-ID'] = lastEventId;
    const response = await fetch(`${origin}${path}`, {
      headers,
      signal: AbortSignal.any([signal, silence.signal]),
    });
    if (!response.ok || !response.body) {
      throw ApiFailure.of(response, await response.json().catch(() => undefined));
    }
    const events = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
    const reader = events.getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), silenceMs);
      const { event, id, data } = next.value;
      yield { name: event ?? 'message', id, data: data === '' ? undefined : JSON.parse(data) };
    }
  } catch (error) {
    if (signal.aborted || error instanceof ApiFailure) throw error;
    throw ApiFailure.unreachable(error);
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}
