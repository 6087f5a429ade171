import { beforeAll, describe, expect, it } from '@jest/globals';
import { formWithFile, HttpClient, type Answer } from '../support/http.js';
import { makePartner, sharedStack, type TestPartner } from '../support/shared-stack.js';
import { createVoice, details } from '../support/voices.js';
import { waitFor } from '../support/wait-for.js';
import { behave } from './contract/emulated.js';

interface Entry {
  readonly id: string;
  readonly at: string;
  readonly actor: string;
  readonly key_id: string | null;
  readonly request_id: string | null;
  readonly action: string;
  readonly partner: string | null;
  readonly voice: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly id: string;
  readonly partner: string;
}

const speech = 'test/fixtures/speech/en-75s.flac';

describe('the audit log', () => {
  const stack = sharedStack();
  const admin = new HttpClient(stack.baseUrl, stack.adminKey);
  let partner: TestPartner;
  beforeAll(async () => {
    partner = await makePartner(stack);
  });
  const read = (query = ''): Promise<Answer<Entry[]>> =>
    admin.get<Entry[]>(`/admin/audit?partner=${partner.name}${query}`);

  /** Cancels the jobs that lock a voice. */
  async function unlock(voice: string): Promise<void> {
    await waitFor(`${voice} is unlocked`, async () => {
      const { status } = await details(partner, voice);
      if (!Object.values(status).includes('in_progress')) return true;
      for (const state of ['queued', 'running', 'waiting']) {
        const jobs = await admin.get<Job[]>(`/admin/jobs?state=${state}`);
        const ours = jobs.body.filter((job) => job.partner === partner.name);
        for (const { id } of ours) await admin.post(`/admin/jobs/${id}/cancel`);
      }
      return false;
    });
  }

  it('contains every kind of change with its actor and its request, but no key', async () => {
    const { http } = partner;
    const voice = partner.route('v');
    await http.post(`${partner.route()}/empty`, { name: 'v' });
    await http.post(`${voice}/samples`, await formWithFile(speech));
    await http.put(`${voice}/preferred-sample`, { sample_index: 1 });
    await http.post(`${voice}/embed`);
    await unlock('v');
    await behave(stack, { partner: partner.name, voice: 'v' }, { kind: 'hold' });
    await http.post(`${voice}/embed`);
    await http.post(`${voice}/cancel`);
    await http.delete(`${voice}/test-files/kyutai`);
    const consent = { statement: 'I agree.', language: 'en', granted_by: 'Jane Doe', method: 'verbal' };
    const given = await http.post<{ id: string }>(`${voice}/consent`, consent);
    await http.post(`${voice}/consent/${given.body.id}/revoke`);
    await http.delete(`${voice}/samples/1`);
    await http.patch(voice, { labels: { a: 'b' }, creator_email: 'secret@example.com' });
    await http.put(`${voice}/name`, { name: 'w' });
    expect((await createVoice(partner, 'r', speech)).status).toBe(201);
    await unlock('r');
    await http.post(`${partner.route('r')}/split`, { max_samples: 3, sample_duration: 5 });
    await unlock('r');
    await http.fetch(partner.route('w'), { method: 'DELETE', headers: { 'X-Request-Id': 'the-last-one' } });
    const key = await admin.post<{ id: string; key: string }>(`/admin/partners/${partner.name}/keys`, {
      name: 'second',
    });
    await admin.delete(`/admin/keys/${key.body.id}`);

    const { body: entries } = await read('&limit=1000');
    expect(new Set(entries.map(({ action }) => action))).toEqual(
      new Set([
        ...['voice.create', 'sample.add', 'voice.prefer-sample', 'voice.embed', 'job.cancel', 'test-files.delete'],
        ...['sample.delete', 'voice.rename', 'voice.split', 'voice.delete', 'key.create', 'key.revoke'],
        ...['voice.cancel', 'voice.update', 'consent.add', 'consent.revoke'],
      ]),
    );
    const keyId = partner.key.split('_')[1];
    const byPartner = entries.filter(({ actor }) => actor === 'partner');
    expect(new Set(byPartner.map((entry) => entry.key_id))).toEqual(new Set([keyId]));
    const byAdmin = entries.filter(({ actor }) => actor === 'admin');
    expect(new Set(byAdmin.map(({ action }) => action))).toEqual(new Set(['job.cancel', 'key.create', 'key.revoke']));
    for (const entry of byAdmin) expect(entry.key_id).toMatch(/^admin-[0-9a-f]{8}$/);
    const updated = entries.find(({ action }) => action === 'voice.update');
    expect(updated?.details).toEqual({ fields: 'labels, creator_email' });
    expect(entries.find(({ action }) => action === 'voice.rename')).toMatchObject({
      voice: 'v',
      details: { name: 'w' },
    });
    expect(entries.find(({ action }) => action === 'voice.delete')).toMatchObject({
      voice: 'w',
      request_id: 'the-last-one',
    });
    const text = JSON.stringify(entries);
    for (const secret of [partner.key, key.body.key, stack.adminKey]) expect(text).not.toContain(secret);
  });

  it('contains no refused change', async () => {
    const before = await read();
    await partner.http.put(`${partner.route('r')}/preferred-sample`, { sample_index: 77 });
    await partner.http.post(`${partner.route()}/empty`, { name: 'r' });
    await partner.http.delete(partner.route('nobody'));
    expect((await read()).body).toEqual(before.body);
  });

  it('returns the newest entry first, page by page', async () => {
    const { body: whole } = await read('&limit=1000');
    const pages: Entry[] = [];
    for (let query: string | undefined = '&limit=4'; query !== undefined;) {
      const page: Answer<Entry[]> = await read(query);
      pages.push(...page.body);
      const next: string | undefined = /<([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1];
      query =
        next === undefined ? undefined : `&${new URL(next).searchParams.toString()}`.replace(/&partner=[^&]*/, '');
    }
    expect(pages).toEqual(whole);
    expect(whole.map(({ id }) => Number(id))).toEqual(whole.map(({ id }) => Number(id)).sort((a, b) => b - a));
  });

  it('returns 403 to a partner and 422 for an invalid cursor or limit', async () => {
    expect((await partner.http.get(`/admin/audit?partner=${partner.name}`)).status).toBe(403);
    expect((await read('&cursor=x')).status).toBe(422);
    expect((await read('&limit=0')).status).toBe(422);
    expect((await admin.get<Entry[]>('/admin/audit?partner=nobody-at-all')).body).toEqual([]);
  });
});
