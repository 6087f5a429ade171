import { EventClient } from '../../support/event-client.js';
import { makePartner, type TestPartner } from '../../support/shared-stack.js';
import type { BenchCase, Row } from '../bench-case.js';
import { seconds, watchMemory } from '../measure.js';

/** Fewer than a partner may have open. */
const streamsOfPartner = 100;
const voice = 'followed';
const changes = 20;

interface Followed {
  readonly partner: TestPartner;
  readonly streams: readonly EventClient[];
}

/** Opens streams of a partner and of its one voice, in equal parts. */
async function follow(partner: TestPartner, count: number): Promise<Followed> {
  await partner.http.post(`${partner.route()}/empty`, { name: voice });
  const routes = Array.from({ length: count }, (_, at) => `${partner.route(at % 2 === 0 ? voice : undefined)}/events`);
  const streams = await Promise.all(routes.map((route) => EventClient.open(partner, route)));
  await Promise.all(streams.map((stream) => stream.next('the first event', () => true)));
  return { partner, streams };
}

/** Changes the voice. Resolves when every stream of the partner has the change. */
async function changeSeen({ partner, streams }: Followed, label: string): Promise<void> {
  const seen = streams.map((stream) =>
    stream.next('the change', ({ data }) => JSON.stringify(data['labels'] ?? {}).includes(label)),
  );
  const { status } = await partner.http.fetch(partner.route(voice), {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ labels: { change: label } }),
  });
  if (status !== 200) throw new Error(`PATCH: ${status}`);
  await Promise.all(seen);
}

/** Measures the memory of open streams, and how soon all streams of a partner have a change. */
export const eventStreams: BenchCase = {
  name: 'event-streams',
  async run({ stack, scale }): Promise<readonly Row[]> {
    const grown = watchMemory(stack.parts.api.pid ?? 0);
    const followed: Followed[] = [];
    for (let left = scale.streams; left > 0; left -= streamsOfPartner) {
      followed.push(await follow(await makePartner(stack.address), Math.min(left, streamsOfPartner)));
    }
    const memory = grown() / 1e6;
    const delays: number[] = [];
    for (let at = 0; at < changes; at += 1) {
      const one = followed[at % followed.length];
      if (one !== undefined) delays.push((await seconds(() => changeSeen(one, `change-${at}`))) * 1000);
    }
    for (const { streams } of followed) for (const stream of streams) stream.leave();
    return [
      {
        name: `${scale.streams} open streams of events, memory of the API`,
        unit: 'MB',
        ours: { name: 'growth of the peak', values: [memory] },
        target: { at: 'most', value: 150 },
      },
      {
        name: `a change with ${scale.streams} open streams`,
        unit: 'ms',
        ours: {
          name: `from the request until all ${Math.min(scale.streams, streamsOfPartner)} streams of the partner have it`,
          values: delays,
        },
        target: { at: 'most', value: 500 },
        notes: [`slowest: ${Math.max(...delays).toFixed(0)} ms`],
      },
    ];
  },
};
