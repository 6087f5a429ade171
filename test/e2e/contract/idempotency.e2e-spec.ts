import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer, Body } from '../../support/http.js';
import type { Contract } from '../../support/openapi-client.js';
import type { TestPartner } from '../../support/shared-stack.js';
import { pickOfForm } from '../../support/test-form.js';
import { settled, type Details } from '../../support/voices.js';
import { pathOf } from './asking.js';
import { instantContract } from './emulated.js';
import { emptyVoice, said, toneVoice } from './made-voices.js';
import { onlyOfKeys } from './refusal-tables.js';
import { sql } from './sql.js';
import { toneForm } from './tone.js';

let contract: Contract;
let partner: TestPartner;
/** The answer to a copy of a request that never ends. */
let copyOfEndless: Promise<Answer<unknown>>;

beforeAll(async () => {
  ({ contract, partner } = await instantContract());
  await post('endless', `${partner.route()}/empty`, { name: 'endless' });
  await sql(
    contract.stack,
    `UPDATE idempotency_keys k SET answered = false, held_until = now() + interval '1 hour'
     FROM partners p WHERE p.id = k.partner_id AND p.name = $1`,
    [partner.name],
  );
  copyOfEndless = post('endless', `${partner.route()}/empty`, { name: 'endless' });
  await toneVoice(partner, 'voice');
});

const post = <T = unknown>(key: string, route: string, body?: Body): Promise<Answer<T>> =>
  partner.http.post<T>(route, body, { 'Idempotency-Key': key });

/** What of an answer is given again. */
const given = ({ status, headers, body }: Answer<unknown>) => ({
  status,
  body,
  location: headers.get('location'),
});
const isReplayed = ({ headers }: Answer<unknown>): boolean => headers.get('idempotent-replayed') === 'true';
const reused = { status: 409, detail: 'Idempotency-Key was used with another request' };

/** Counts a voice's jobs of a kind, those that have ended too. */
async function jobs(voice: string, kind: string): Promise<number> {
  const rows = await sql(
    contract.stack,
    `SELECT FROM jobs j JOIN voices v ON v.id = j.voice_id JOIN partners p ON p.id = v.partner_id
     WHERE p.name = $1 AND v.name = $2 AND j.kind = $3`,
    [partner.name, voice, kind],
  );
  return rows.length;
}

const samples = async (voice: string): Promise<number> =>
  (await partner.http.get<Details>(partner.route(voice))).body.samples.length;

describe('a request that is sent again with its Idempotency-Key', () => {
  it('creates one voice, however many copies are sent at once', async () => {
    const route = partner.route();
    const copies = Array.from({ length: pickOfForm(10, 50) }, () =>
      post<Details>('copies', route, toneForm(2, { name: 'copied' })),
    );
    const answers = await Promise.all(copies);
    const [first] = answers;
    expect(first?.status).toBe(201);
    for (const answer of answers) expect(given(answer)).toEqual(given(first!));
    expect(answers.filter((answer) => !isReplayed(answer))).toHaveLength(1);
    await settled(partner, 'copied');
    expect([await jobs('copied', 'split'), await jobs('copied', 'embed')]).toEqual([1, 1]);
  });

  it.each<[string, string, (() => Body) | undefined, number, () => Promise<number>, number]>([
    ['an empty voice', '/empty', () => ({ name: 'empty' }), 201, async () => 1, 1],
    ['a sample', '/voice/samples', () => toneForm(2), 201, () => samples('voice'), 3],
    ['a speech', '/voice/speak', () => ({ text: 'Hello.' }), 202, () => jobs('voice', 'speak'), 1],
    ['an embedding', '/voice/embed', undefined, 202, () => jobs('voice', 'embed'), 2],
    ['a split', '/voice/split', () => ({ max_samples: 1 }), 202, () => jobs('voice', 'split'), 2],
    ['a preview', '/voice/split?dry_run=true', () => ({ max_samples: 2 }), 200, () => jobs('voice', 'split'), 2],
  ])('makes one: %s', async (what, route, body, status, count, expected) => {
    const first = await post(what, partner.route() + route, body?.());
    expect([first.status, isReplayed(first)]).toEqual([status, false]);
    await settled(partner, 'voice');
    const again = await post(what, partner.route() + route, body?.());
    expect(isReplayed(again)).toBe(true);
    expect(given(again)).toEqual(given(first));
    expect(await count()).toBe(expected);
  });

  it('makes one key for a partner, and ends a job once', async () => {
    const headers = { 'Idempotency-Key': 'of an operator' };
    const route = `/admin/partners/${partner.name}/keys`;
    const create = () => contract.admin.post<{ key: string }>(route, { name: 'twice' }, headers);
    const [first, again] = [await create(), await create()];
    expect(again.body.key).toMatch(/^tk_/);
    expect(given(again)).toEqual(given(first));
    expect(
      (await contract.admin.get<{ name: string }[]>(route)).body.filter(({ name }) => name === 'twice'),
    ).toHaveLength(1);
    expect((await contract.client(again.body.key).get(partner.route())).status).toBe(200);
    const [job] = await sql<{ id: string }>(contract.stack, 'SELECT id FROM jobs LIMIT 1');
    const cancel = () => contract.admin.post(`/admin/jobs/${job?.id}/cancel`, undefined, { 'Idempotency-Key': 'ends' });
    const [ended, endedAgain] = [await cancel(), await cancel()];
    expect([ended.status, isReplayed(endedAgain)]).toEqual([202, true]);
    expect(given(endedAgain)).toEqual(given(ended));
  });

  it('gets its first answer after the voice was renamed', async () => {
    await emptyVoice(partner, 'old name');
    const upload = () => post('renamed', `${partner.route('old name')}/samples`, toneForm(2));
    const first = await upload();
    expect(first.status).toBe(201);
    await partner.http.put(`${partner.route('old name')}/name`, { name: 'new name' });
    expect(given(await upload())).toEqual(given(first));
    expect(await samples('new name')).toBe(1);
    expect(said(await post('not kept', `${partner.route('old name')}/samples`, toneForm(2)))).toEqual({
      status: 404,
      detail: 'Voice not found',
    });
  });

  it('creates no voice again after that was deleted, and its answer is deleted too', async () => {
    const create = () => post('deleted', `${partner.route()}/empty`, { name: 'deleted' });
    expect((await create()).status).toBe(201);
    await partner.http.delete(partner.route('deleted'));
    expect(said(await create())).toEqual({ status: 409, detail: 'The answer to this Idempotency-Key was deleted' });
    expect((await partner.http.get(partner.route('deleted'))).status).toBe(404);
  });

  it('gets a refusal again that was decided by the state of things', async () => {
    await emptyVoice(partner, 'taken');
    const create = () => post('taken', `${partner.route()}/empty`, { name: 'taken' });
    const first = await create();
    expect(said(first)).toEqual({ status: 409, detail: 'Voice already exists' });
    await partner.http.delete(partner.route('taken'));
    const again = await create();
    expect(isReplayed(again)).toBe(true);
    expect(given(again)).toEqual(given(first));
  });

  it('is processed after a refusal of the request itself', async () => {
    const route = `${partner.route()}/empty`;
    expect((await post('corrected', route, {})).status).toBe(422);
    expect((await post('corrected', route, '{')).status).toBe(422); // text/plain
    expect((await post('corrected', partner.route(), toneForm(0, { name: 'corrected' }))).status).toBe(422);
    expect((await post('corrected', route, { name: 'corrected' })).status).toBe(201);
  });
});

describe('a key of another request', () => {
  it('is refused for another body, another file, another route and another query', async () => {
    const route = partner.route();
    const first = await post('first', route, toneForm(2, { name: 'first' }));
    expect(first.status).toBe(201);
    expect(said(await post('first', route, toneForm(2, { name: 'second' })))).toEqual(reused);
    expect(said(await post('first', route, toneForm(3, { name: 'first' })))).toEqual(reused);
    expect(said(await post('first', route, toneForm(2, { name: 'first' }, 'other.wav')))).toEqual(reused);
    expect(said(await post('first', `${route}/empty`, { name: 'first' }))).toEqual(reused);
    expect(said(await post('first', `${route}?x=1`, toneForm(2, { name: 'first' })))).toEqual(reused);
    expect(given(await post('first', route, toneForm(2, { name: 'first' })))).toEqual(given(first));
  });

  it('is the same key for every form of the same fields, and another one for another partner', async () => {
    const other = await contract.partner();
    const [route, name] = [`${partner.route()}/empty`, 'any form'];
    const first = await post('any form', route, { name });
    expect(given(await post('any form', route, new URLSearchParams({ name })))).toEqual(given(first));
    const theirs = await other.http.post(`${other.route()}/empty`, { name }, { 'Idempotency-Key': 'any form' });
    expect([theirs.status, isReplayed(theirs)]).toEqual([201, false]);
  });

  it('is refused with Retry-After while its request is under way', async () => {
    const answer = await copyOfEndless;
    expect(said(answer)).toEqual({
      status: 409,
      detail: 'A request with this Idempotency-Key is still being processed',
    });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  });
});

describe('an Idempotency-Key', () => {
  const posts = () => contract.recorder.description.operations.filter((each) => each.method === 'POST' && !each.isOpen);
  const [id, voice] = ['3f8a6f9e-4f0c-4a53-8f5e-6f1d5f1f0a11', 'sampled'];
  const fill = { voice, id, delivery: id, run_id: id };
  beforeAll(() => emptyVoice(partner, voice));

  it.each(['', 'x'.repeat(256), 'a\tb', 'é'])('is refused on every POST if it is %j', async (key) => {
    const message = 'Idempotency-Key must be 1 to 255 printable ASCII characters';
    expect(posts().length).toBeGreaterThan(6);
    for (const operation of posts()) {
      const answer = await contract.admin.post(pathOf(operation, partner, fill), undefined, { 'Idempotency-Key': key });
      expect([operation.id, said(answer), answer.body]).toEqual([
        operation.id,
        { status: 422, detail: message },
        expect.objectContaining({ errors: [{ field: 'Idempotency-Key', message }] }),
      ]);
    }
  });

  it('is refused on every POST if another request was sent with it', async () => {
    const used = { 'Idempotency-Key': `used ${partner.name}` };
    await contract.admin.post(`${partner.route()}/empty`, { name: 'used' }, used);
    await contract.admin.post(`/admin/partners/${partner.name}/keys`, { name: 'used' }, used);
    for (const operation of posts()) {
      const answer = await contract.admin.post(pathOf(operation, partner, fill), undefined, used);
      expect([operation.id, said(answer)]).toEqual([operation.id, reused]);
    }
    const ofKeys = [...onlyOfKeys()];
    expect(ofKeys).toContain('cancelJob 422');
    const unseen = contract.recorder.unseen((status) => status >= 400);
    expect(ofKeys.filter((each) => unseen.includes(each))).toEqual([]);
  });

  it('may have 255 characters, and is ignored by other methods', async () => {
    const key = '~'.repeat(255);
    expect((await post(key, `${partner.route()}/empty`, { name: 'long key' })).status).toBe(201);
    expect((await partner.http.get(partner.route('long key'), { 'Idempotency-Key': '' })).status).toBe(200);
  });
});
