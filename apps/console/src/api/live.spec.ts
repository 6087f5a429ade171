import { describe, expect, it } from '@jest/globals';
import { ApiFailure, type StreamEvent } from '#libs/client';
import { isFinal, live, type LiveMeans, waitMs } from './live.js';

const refusal = (status: number, headers: Record<string, string> = {}): ApiFailure =>
  ApiFailure.of(new Response(null, { status, headers }), { detail: 'No' });

/** Plays connections one after another: a list of events, then an end or a failure. Aborts when none is left. */
async function play(
  connections: readonly { readonly events: readonly StreamEvent[]; readonly failure?: Error }[],
  endsWithVoice = false,
) {
  const leaving = new AbortController();
  const log: string[] = [];
  let next = 0;
  const means: LiveMeans = {
    async *follow(_connection, _path, { lastEventId }) {
      const played = connections[next++];
      log.push(`connect after ${lastEventId ?? 'nothing'}`);
      yield* played?.events ?? [];
      if (played?.failure) throw played.failure;
      await Promise.resolve();
    },
    wait: (milliseconds) => {
      log.push(`wait ${milliseconds}`);
      if (next >= connections.length) leaving.abort();
      return Promise.resolve();
    },
    random: () => 1,
  };
  await live(
    { origin: '', key: 'key' },
    '/api/voices/demo/events',
    {
      onEvent: ({ name }) => log.push(name),
      onOpen: (isResumed) => log.push(isResumed ? 'resumed' : 'opened'),
      onCut: () => log.push('cut'),
    },
    { signal: leaving.signal, endsWithVoice },
    means,
  );
  return log;
}

const event = (name: string, id?: string): StreamEvent => ({ name, id, data: {} });

describe('live', () => {
  it('opens the stream again from the last event on', async () => {
    const log = await play([
      { events: [event('heartbeat', '1'), event('voice.updated', '2')] },
      { events: [event('reset')] },
    ]);
    expect(log).toEqual([
      ...['connect after nothing', 'opened', 'heartbeat', 'voice.updated', 'cut', 'wait 1000'],
      ...['connect after 2', 'resumed', 'reset', 'cut', 'wait 1000'],
    ]);
  });

  it('waits longer after each failure, until events arrive again', async () => {
    const down = { events: [], failure: ApiFailure.unreachable(new Error('down')) };
    const log = await play([down, down, down, { events: [event('heartbeat')] }, down]);
    expect(log.filter((line) => line.startsWith('wait'))).toEqual(
      [1000, 2000, 4000, 1000, 2000].map((ms) => `wait ${ms}`),
    );
  });

  it('ends after a final refusal', async () => {
    expect(await play([{ events: [], failure: refusal(401) }])).toEqual(['connect after nothing', 'cut']);
  });

  it('ends when its voice is deleted', async () => {
    const log = await play([{ events: [event('voice.deleted')] }], true);
    expect(log).toEqual(['connect after nothing', 'opened', 'voice.deleted']);
  });
});

describe('waitMs', () => {
  it('waits for half of its time at least, and for 30 s at most', () => {
    expect(waitMs(1, undefined, 0)).toBe(500);
    expect(waitMs(20, undefined, 1)).toBe(30_000);
  });

  it('waits as long as the server asks for', () => {
    expect(waitMs(1, refusal(429, { 'Retry-After': '45' }), 0)).toBe(45_000);
  });
});

describe('isFinal', () => {
  it('gives up where another try would be refused as well', () => {
    expect([401, 403, 404].map((status) => isFinal(refusal(status)))).toEqual([true, true, true]);
    expect([429, 500, 503].map((status) => isFinal(refusal(status)))).toEqual([false, false, false]);
    expect(isFinal(undefined)).toBe(false);
  });
});
