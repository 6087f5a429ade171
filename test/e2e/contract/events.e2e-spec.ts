import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EventClient, type ReceivedEvent } from '../../support/event-client.js';
import { makePartner, sharedStack, type TestPartner } from '../../support/shared-stack.js';
import { HttpClient } from '../../support/http.js';
import { embedInstantly } from './emulated.js';
import { emptyVoice, toneVoice } from './made-voices.js';

/** Every test has a partner of its own. Answers are not judged: a stream never ends. */
let partner: TestPartner;
const open: EventClient[] = [];

beforeEach(async () => {
  partner = await makePartner(sharedStack());
});
afterEach(() => {
  for (const client of open.splice(0)) client.leave();
});

async function follow(route: string, headers: Readonly<Record<string, string>> = {}): Promise<EventClient> {
  const client = await EventClient.open(partner, route, headers);
  open.push(client);
  return client;
}
const followAll = (lastId?: string): Promise<EventClient> =>
  follow(`${partner.route()}/events`, lastId === undefined ? {} : { 'Last-Event-ID': lastId });
const followVoice = (name: string): Promise<EventClient> => follow(`${partner.route(name)}/events`);

const updated = (name: string) => (event: ReceivedEvent) =>
  event.type === 'voice.updated' && event.data['name'] === name;
const deleted = (name: string) => (event: ReceivedEvent) =>
  event.type === 'voice.deleted' && event.data['name'] === name;
const isReset = ({ type }: ReceivedEvent): boolean => type === 'reset';
const listed = async (): Promise<object[]> => (await partner.http.get<object[]>(partner.route())).body;

describe('GET voices/{partner}/events', () => {
  it('streams the list row of each voice that changes, and deletions', async () => {
    const stream = await followAll();
    expect(Object.fromEntries(stream.response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    });
    await stream.next('the first event', ({ type, id }) => type === 'heartbeat' && id !== undefined);
    const { id } = await emptyVoice(partner, 'before');
    expect([(await stream.next('the new voice', updated('before'))).data]).toEqual(await listed());
    await partner.http.put(`${partner.route('before')}/name`, { name: 'after' });
    const renamed = await stream.next('the rename', updated('after'));
    expect([renamed.data]).toEqual(await listed());
    expect(renamed.data['id']).toBe(id);
    await partner.http.delete(partner.route('after'));
    expect((await stream.next('the deletion', deleted('after'))).data).toEqual({ id, name: 'after' });
    const other = await makePartner(sharedStack());
    await emptyVoice(other, 'elsewhere');
    await emptyVoice(partner, 'here');
    await stream.next('a voice of the partner', updated('here'));
    expect(stream.events.some(updated('elsewhere'))).toBe(false);
  });

  it('goes on after the last event that the client has', async () => {
    const first = await followAll();
    await emptyVoice(partner, 'seen');
    await emptyVoice(partner, 'gone');
    await first.next('the voices', updated('gone'));
    first.leave();
    await partner.http.delete(partner.route('gone'));
    await emptyVoice(partner, 'missed');
    const second = await followAll(first.lastId);
    await second.next('the missed voice', updated('missed'));
    await second.next('the missed deletion', deleted('gone'));
    expect(second.events.some(isReset)).toBe(false);
    await emptyVoice(partner, 'new');
    await second.next('what happens later', updated('new'));
    // The place moves on when no transaction of before is open any more.
    await second.next('a later place', ({ id }) => id !== undefined && id !== first.lastId);
  });

  it.each(['nonsense', '1-1', '999999999999-1796000000'])(
    'says that it does not know the last event %s',
    async (lastId) => {
      const stream = await followAll(lastId);
      await stream.next('the reset', isReset);
      await emptyVoice(partner, 'new');
      await stream.next('what happens later', updated('new'));
    },
  );

  it('is the path of a voice that is called events for requests that do not accept a stream', async () => {
    const route = partner.route('events');
    expect((await partner.http.get(route)).status).toBe(404);
    const made = await emptyVoice(partner, 'events');
    for (const Accept of ['*/*', 'application/json', 'text/html, */*;q=0.8']) {
      expect((await partner.http.get(route, { Accept })).body).toEqual(made);
    }
    const [all, one] = [await followAll(), await followVoice('events')];
    expect((await one.next('its details', updated('events'))).data).toEqual(made);
    expect((await partner.http.delete(route)).status).toBe(204);
    await all.next('the deletion', deleted('events'));
    expect((await partner.http.fetch(route, { method: 'HEAD', headers: { Accept: 'text/event-stream' } })).status).toBe(
      200,
    );
  });

  it('ends properly when the key is revoked, and not for other keys', async () => {
    const admin = new HttpClient(sharedStack().baseUrl, sharedStack().adminKey);
    const keys = `/admin/partners/${partner.name}/keys`;
    const other = (await admin.post<{ key: string }>(keys, { name: 'other' })).body;
    await emptyVoice(partner, 'voice');
    const [all, one] = [await followAll(), await followVoice('voice')];
    const kept = await EventClient.open(
      { http: new HttpClient(sharedStack().baseUrl, other.key) },
      partner.route('voice') + '/events',
    );
    open.push(kept);
    const [first] = (await admin.get<{ id: string }[]>(keys)).body;
    await admin.delete(`/admin/keys/${first?.id}`);
    expect([await all.end(), await one.end()]).toEqual(['properly', 'properly']);
    await expect(followAll()).rejects.toThrow('401');
    expect(kept.ended).toBeNull();
  });

  it('refuses more streams than a partner may have open', async () => {
    for (let at = 0; at < 200; at += 50) await Promise.all(Array.from({ length: 50 }, () => followAll()));
    const answer = await partner.http.get<object>(`${partner.route()}/events`, { Accept: 'text/event-stream' });
    expect([answer.status, answer.body]).toEqual([429, { detail: 'Too many event streams are open' }]);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    for (const client of open.splice(0, 10)) client.leave();
    for (let isOpen = false; !isOpen;)
      isOpen = await followAll().then(
        () => true,
        () => false,
      );
  });
});

describe('GET voices/{partner}/{voice}/events', () => {
  beforeAll(async () => {
    partner = await makePartner(sharedStack());
  });

  it('streams the details at once, with every change and the end of each job, until the voice is deleted', async () => {
    await embedInstantly(sharedStack(), partner);
    const all = await followAll();
    const making = toneVoice(partner, 'made');
    await all.next('the voice', updated('made'));
    const stream = await followVoice('made');
    await making;
    const isSettled = ({ data }: ReceivedEvent): boolean =>
      JSON.stringify(data['status']).includes('"embedding":"completed"');
    await stream.next('the embedding', isSettled);
    const { body } = await partner.http.get<Record<string, unknown>>(partner.route('made'));
    const last = stream.events.findLast(isSettled);
    // A signed URL says when it was signed.
    expect({ ...last?.data, embedding_zip_url: null }).toEqual({ ...body, embedding_zip_url: null });
    await partner.http.delete(partner.route('made'));
    expect(await stream.end()).toBe('properly');
    expect(stream.events.at(-1)).toMatchObject({ type: 'voice.deleted', data: { id: body['id'], name: 'made' } });
    await expect(followVoice('made')).rejects.toThrow('404');
  });
});
