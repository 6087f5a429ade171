import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer } from '../../support/http.js';
import type { Contract } from '../../support/openapi-client.js';
import type { TestPartner } from '../../support/shared-stack.js';
import { bytesOf, details, settled, type Details } from '../../support/voices.js';
import { behave, behaveAgain, instantContract } from './emulated.js';
import { addSample, emptyVoice, said, toneVoice, voiceOfSamples } from './made-voices.js';
import { sql } from './sql.js';
import { toneForm } from './tone.js';
import { pickOfForm, rowsOfForm } from '../../support/test-form.js';

const atOnce = pickOfForm(12, 50);
const locked = { status: 409, detail: 'Voice is currently being processed' };

let contract: Contract;
let partner: TestPartner;

beforeAll(async () => {
  ({ contract, partner } = await instantContract());
});

const statuses = (answers: readonly Answer<unknown>[]): Record<number, number> =>
  answers.reduce<Record<number, number>>((counts, { status }) => {
    counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  }, {});

const many = <T>(ask: (at: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: atOnce }, (_, at) => ask(at)));

/** Counts the unfinished splits of a voice. */
async function splitsUnderWay(voice: string): Promise<number> {
  const [row] = await sql<{ count: number }>(
    contract.stack,
    `SELECT count(*)::int AS count FROM jobs j JOIN voices v ON v.id = j.voice_id JOIN partners p ON p.id = v.partner_id
     WHERE p.name = $1 AND v.name = $2 AND j.kind = 'split' AND j.finished_at IS NULL`,
    [partner.name, voice],
  );
  return row?.count ?? -1;
}

describe('of many concurrent requests', () => {
  it('POST embed accepts one and answers 409 to the others', async () => {
    await voiceOfSamples(partner, 'embeds', 1);
    const match = { partner: partner.name, voice: 'embeds' };
    await behave(contract.stack, match, { kind: 'hold' });
    const answers = await many(() => partner.http.post(`${partner.route('embeds')}/embed`));
    expect(statuses(answers)).toEqual({ 202: 1, 409: atOnce - 1 });
    await behaveAgain(contract.stack, match);
    expect((await settled(partner, 'embeds')).status.embedding).toBe('completed');
  });

  it('POST cancel accepts one and answers 409 to the others', async () => {
    await voiceOfSamples(partner, 'cancelled', 1);
    await behave(contract.stack, { partner: partner.name, voice: 'cancelled' }, { kind: 'hold' });
    expect((await partner.http.post(`${partner.route('cancelled')}/embed`)).status).toBe(202);
    const answers = await many(() => partner.http.post(`${partner.route('cancelled')}/cancel`));
    expect(statuses(answers)).toEqual({ 202: 1, 409: atOnce - 1 });
    const refused = answers.find(({ status }) => status === 409);
    expect(refused && said(refused)).toEqual({ status: 409, detail: 'Voice is not being processed' });
  });

  it('POST split never runs two at a time', async () => {
    await toneVoice(partner, 'splits');
    const asked = many(() => partner.http.post(`${partner.route('splits')}/split`, { sample_duration: 10 }));
    let isOver = false;
    const watching = (async () => {
      const seen = new Set<number>();
      while (!isOver) seen.add(await splitsUnderWay('splits'));
      return seen;
    })();
    const counts = statuses(await asked);
    expect((counts[202] ?? 0) + (counts[409] ?? 0)).toBe(atOnce);
    expect(counts[202]).toBeGreaterThanOrEqual(1);
    expect((await settled(partner, 'splits')).samples).toHaveLength(3);
    isOver = true;
    for (const underWay of await watching) expect([0, 1]).toContain(underWay);
  });

  it('POST empty accepts one for the same name', async () => {
    const answers = await many(() => partner.http.post(`${partner.route()}/empty`, { name: 'one' }));
    expect(statuses(answers)).toEqual({ 201: 1, 409: atOnce - 1 });
  });

  it('PUT name accepts one for the same new name, and the other voices keep their names', async () => {
    await many((at) => emptyVoice(partner, `renamed ${at}`));
    const answers = await many((at) =>
      partner.http.put(`${partner.route(`renamed ${at}`)}/name`, { name: 'the name' }),
    );
    expect(statuses(answers)).toEqual({ 200: 1, 409: atOnce - 1 });
    const list = await partner.http.get<{ name: string }[]>(partner.route());
    expect(list.body.filter(({ name }) => name.startsWith('renamed '))).toHaveLength(atOnce - 1);
  });

  it('DELETE voice accepts one and answers 404 to the others', async () => {
    await emptyVoice(partner, 'deleted');
    const answers = await many(() => partner.http.delete(partner.route('deleted')));
    expect(statuses(answers)).toEqual({ 204: 1, 404: atOnce - 1 });
  });

  it('POST samples gives each accepted file its own index', async () => {
    await emptyVoice(partner, 'uploads');
    const answers = await many(() =>
      partner.http.post<{ index: number }>(`${partner.route('uploads')}/samples`, toneForm(1.2)),
    );
    const taken = answers.filter(({ status }) => status === 201).map(({ body }) => body.index);
    expect([...taken].sort((a, b) => a - b)).toEqual(taken.map((_, at) => at + 1));
    // The API converts one file at a time and lets eight wait. It answers 503 to the others.
    expect(taken.length + (statuses(answers)[503] ?? 0)).toBe(atOnce);
    expect((await details(partner, 'uploads')).samples).toHaveLength(taken.length);
  });
});

describe('a change concurrent with a split', () => {
  const all: readonly (readonly [what: string, ask: (voice: string) => Promise<Answer<unknown>>])[] = [
    ['rename', (voice) => partner.http.put(`${partner.route(voice)}/name`, { name: `${voice} renamed` })],
    ['delete', (voice) => partner.http.delete(partner.route(voice))],
    ['upload', (voice) => partner.http.post(`${partner.route(voice)}/samples`, toneForm(1.2))],
  ];
  const changes = rowsOfForm(all, ['upload']);

  it.each(changes)('succeeds or is refused, and leaves a consistent voice: %s', async (what, ask) => {
    for (let round = 0; round < pickOfForm(1, 2); round += 1) {
      const voice = `${what} ${round}`;
      await toneVoice(partner, voice);
      const split = (): Promise<Answer<unknown>> =>
        partner.http.post(`${partner.route(voice)}/split`, { sample_duration: 10 });
      const both = round % 2 === 0 ? [split(), ask(voice)] : [ask(voice), split()];
      const answers = await Promise.all(both);
      const [begun, changed] = round % 2 === 0 ? answers : answers.reverse();
      expect([202, 404]).toContain(begun?.status); // 404 if the voice was renamed or deleted first
      expect([200, 201, 204, 409]).toContain(changed?.status);
      if (changed?.status === 409) expect(said(changed)).toEqual(locked);
      if (begun?.status === 404) expect(changed?.status).not.toBe(409);
      await expectWhole(what, voice, changed, begun?.status === 202);
    }
  });

  async function expectWhole(
    what: string,
    voice: string,
    changed: Answer<unknown> | undefined,
    isSplit: boolean,
  ): Promise<void> {
    if (changed?.status === 204) {
      expect((await partner.http.get(partner.route(voice))).status).toBe(404);
      return;
    }
    const name = what === 'rename' && changed?.status === 200 ? `${voice} renamed` : voice;
    const whole = await settled(partner, name);
    expect(whole.status.splitting).toBe('completed');
    const split = isSplit ? [1, 2, 3] : [1, 2];
    // A sample uploaded before the split ended was replaced. One uploaded afterwards is kept.
    const isAfter = changed?.status === 201 && (changed.body as { index: number }).index === split.length + 1;
    const wanted = isAfter && whole.samples.length > split.length ? [...split, split.length + 1] : split;
    expect(whole.samples.map(({ index }) => index)).toEqual(wanted);
    for (const { index } of whole.samples) await bytesOf(partner, `${partner.route(name)}/samples/${index}`);
  }
});

describe('GET voice during a second split', () => {
  it('returns either the old samples or the new ones, never a mix and never none', async () => {
    const old = await toneVoice(partner, 'seen');
    await addSample(partner, 'seen');
    const before = JSON.stringify((await details(partner, 'seen')).samples);
    expect(old.samples).toHaveLength(2);
    await partner.http.post(`${partner.route('seen')}/split`, { sample_duration: 5, max_samples: 4 });
    const sets = new Set<string>();
    let last: Details;
    do {
      last = await details(partner, 'seen');
      sets.add(JSON.stringify(last.samples));
    } while (last.status.splitting === 'in_progress');
    const after = JSON.stringify(last.samples);
    expect(last.samples.map(({ index, duration }) => [index, duration])).toEqual([1, 2, 3, 4].map((at) => [at, 5]));
    for (const set of sets) expect([before, after]).toContain(set);
  });
});
