import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Contract } from '../../support/openapi-client.js';
import type { TestPartner } from '../../support/shared-stack.js';
import { details, settled, type Details } from '../../support/voices.js';
import { waitFor } from '../../support/wait-for.js';
import { ask } from './asking.js';
import { bodyForms } from './body-forms.js';
import { behave, instantContract } from './emulated.js';
import { finished, said, voiceOfSamples } from './made-voices.js';
import { json, malformed, ofRecompute, onlyOfKeys } from './refusal-tables.js';

interface Started {
  readonly id: string | null;
  readonly voices: number;
}

interface Recompute {
  readonly id: string;
  readonly tts_type: string;
  readonly engine_older_than: { readonly version: string } | null;
  readonly partner: string | null;
  readonly state: string;
  readonly voices: number;
  readonly counts: Readonly<Record<'waiting' | 'running' | 'done' | 'failed' | 'skipped', number>>;
  readonly forecast: { readonly voices_per_hour: number; readonly finishes_at: string } | null;
  readonly finished_at: string | null;
}

/** Other files use `kyutai`, whose jobs would come first. */
const ttsType = 'other_tts';
const names = ['one', 'two'];
const instant = { kind: 'instant', afterMs: 0 } as const;
const nobody = '3f8a6f9e-4f0c-4a53-8f5e-6f1d5f1f0a11';
const route = '/admin/recompute';

let contract: Contract;
let partner: TestPartner;

beforeAll(async () => {
  ({ contract, partner } = await instantContract());
  for (const name of names) {
    await voiceOfSamples(partner, name, 1);
    await finished(partner, name, 'embed', { tts_type: ttsType });
  }
  await behave(contract.stack, { partner: partner.name }, instant, { kind: 'engine_version', version: '2' });
});

const asked = (more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  tts_type: ttsType,
  partner: partner.name,
  ...more,
});
const older = { engine_older_than: { version: '2' } };
const get = async (id: string | null): Promise<Recompute> =>
  (await contract.admin.get<Recompute>(`${route}/${id}`)).body;
const ended = (id: string | null): Promise<Recompute> =>
  waitFor('the recompute has ended', async () => {
    const found = await get(id);
    return found.finished_at !== null && found;
  });
const engineOf = ({ embedding_info: info }: Details): string | undefined => info?.engine?.version;

describe('POST /admin/recompute', () => {
  it.each(bodyForms)('only counts in a dry run, sent as %s', async (_form, of) => {
    const fields = { tts_type: ttsType, partner: partner.name, dry_run: 'true' };
    const count = async (version: string): Promise<Started> => {
      const body = of({ ...fields, engine_older_than: JSON.stringify({ version }) });
      const answer = await contract.admin.post<Started>(route, body);
      expect(answer.status).toBe(202);
      return answer.body;
    };
    expect(await count('2')).toEqual({ id: null, voices: 2 });
    expect(await count('1')).toEqual({ id: null, voices: 0 });
    expect((await contract.admin.post<Started>(route, of(fields))).body.voices).toBe(2);
  });

  it('embeds the voices of older engines again, each once', async () => {
    const runs = await Promise.all(names.map(async (name) => (await details(partner, name)).embedding_info?.run_id));
    const key = { 'Idempotency-Key': `recompute of ${partner.name}` };
    const started = await contract.admin.post<Started>(route, asked(older), key);
    expect([started.status, started.body.voices]).toEqual([202, 2]);
    const again = await contract.admin.post<Started>(route, asked(older), key);
    expect([again.body, again.headers.get('idempotent-replayed')]).toEqual([started.body, 'true']);
    const { id } = started.body;
    expect(await ended(id)).toMatchObject({
      ...{ id, ...older, tts_type: ttsType, partner: partner.name, state: 'completed', voices: 2, forecast: null },
      counts: { waiting: 0, running: 0, done: 2, failed: 0, skipped: 0 },
    });
    for (const name of names) {
      const voice = await settled(partner, name);
      expect([voice.status.embedding, engineOf(voice)]).toEqual(['completed', '2']);
      expect(runs).not.toContain(voice.embedding_info?.run_id);
    }
    expect((await contract.admin.post<Started>(route, asked({ ...older, dry_run: true }))).body.voices).toBe(0);
    const [newest] = (await contract.admin.get<Recompute[]>(route)).body.filter((one) => one.id === id);
    expect(newest).toEqual(await get(id));
  });

  it('is cancelled: voices that wait are not embedded', async () => {
    await behave(contract.stack, { partner: partner.name }, instant, { kind: 'hold' });
    const { body } = await contract.admin.post<Started>(route, asked());
    const cancelled = await contract.admin.post<Recompute>(`${route}/${body.id}/cancel`);
    expect([cancelled.status, cancelled.body.state]).toEqual([202, 'cancelled']);
    const { waiting, running, skipped } = cancelled.body.counts;
    expect([waiting, running + skipped]).toEqual([0, 2]);
    for (const name of names) {
      const { status } = await details(partner, name);
      if (status.embedding === 'in_progress') await partner.http.post(`${partner.route(name)}/cancel`);
    }
    expect(await ended(body.id)).toMatchObject({ state: 'cancelled', counts: { failed: running, skipped } });
  });
});

describe('recompute routes', () => {
  it('refuse what is missing or wrong, and keys of partners', async () => {
    for (const path of [nobody, 'nothing']) {
      const missing = { status: 404, detail: 'Recompute not found' };
      expect(said(await contract.admin.get(`${route}/${path}`))).toEqual(missing);
      expect(said(await contract.admin.post(`${route}/${path}/cancel`))).toEqual(missing);
    }
    const unknown = await contract.admin.post(route, { tts_type: ttsType, partner: 'nobody-here' });
    expect(said(unknown)).toEqual({ status: 404, detail: 'Partner not found' });
    const wrong: readonly (readonly [fields: Record<string, unknown>, field: string])[] = [
      [{}, 'tts_type'],
      [{ tts_type: 'unknown' }, 'tts_type'],
      [asked({ partner: 'No Name' }), 'partner'],
      [asked({ dry_run: 'yes' }), 'dry_run'],
      ...['2', { version: 2 }, { version: '' }, {}, { versions: '2' }, null].map(
        (engine_older_than) => [asked({ engine_older_than }), 'engine_older_than'] as const,
      ),
    ];
    for (const [fields, field] of wrong) {
      const answer = await contract.admin.post<{ errors: { field: string }[] }>(route, fields);
      expect([fields, answer.status, answer.body.errors?.map((each) => each.field)]).toEqual([fields, 422, [field]]);
    }
    for (const [, body, headers] of malformed) {
      expect((await ask(contract.admin, 'POST', route, { body, headers })).status).toBe(400);
    }
    const tooLarge = { body: JSON.stringify({ tts_type: 'x'.repeat(70_000) }), headers: json };
    expect((await ask(contract.admin, 'POST', route, tooLarge)).status).toBe(413);
    expect((await partner.http.get(route)).status).toBe(403);
  });

  it('have answered with every documented status', () => {
    const elsewhere = /^(401|403|408|409|429|5\d\d)$/; // those of every route
    const unseen = contract.recorder.unseen((status) => !elsewhere.test(String(status)));
    const ofKeys = onlyOfKeys();
    expect(unseen.filter((each) => ofRecompute.test(each) && !ofKeys.has(each))).toEqual([]);
  });
});
