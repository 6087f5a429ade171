import { beforeAll, describe, expect, it } from '@jest/globals';
import { Contract } from '../../support/openapi-client.js';
import { sharedStack, type TestPartner } from '../../support/shared-stack.js';
import { storageOf } from '../../support/test-storage.js';
import { details } from '../../support/voices.js';
import { ask, pathOf } from './asking.js';
import { instantPartner } from './emulated.js';
import { addSample, emptyVoice, finished, said, spoken, toneVoice } from './made-voices.js';
import { sql } from './sql.js';
import { toneForm } from './tone.js';

interface Quotas {
  readonly max_voices: number | null;
  readonly max_bytes: number | null;
  readonly max_gpu_seconds_per_month: number | null;
  readonly keep_originals_days: number | null;
}

interface Usage {
  readonly voices: number;
  readonly samples: number;
  readonly seconds: number;
  readonly bytes: number;
  readonly embeddings: number;
  readonly gpu_seconds: number;
  readonly since: string;
  readonly quotas: Quotas;
}

const unlimited: Quotas = {
  max_voices: null,
  max_bytes: null,
  max_gpu_seconds_per_month: null,
  keep_originals_days: null,
};

let contract: Contract;
beforeAll(() => {
  contract = new Contract(sharedStack());
});

const newPartner = (): Promise<TestPartner> => instantPartner(contract);

const usageOf = async ({ http, name }: TestPartner): Promise<Usage> => (await http.get<Usage>(`/usage/${name}`)).body;

async function limit(partner: TestPartner, quotas: Partial<Quotas>): Promise<Quotas> {
  const changed = await contract.admin.patch<{ quotas: Quotas }>(`/admin/partners/${partner.name}`, quotas);
  expect(changed.status).toBe(200);
  return changed.body.quotas;
}

/** The size of all objects of a partner's voices that are not about to be removed. */
async function storedBytes(partner: TestPartner): Promise<number> {
  const voices = await sql<{ id: string }>(
    contract.stack,
    'SELECT v.id FROM voices v JOIN partners p ON p.id = v.partner_id WHERE p.name = $1',
    [partner.name],
  );
  const leaving = (await sql<{ target: string }>(contract.stack, 'SELECT target FROM object_removals')).map(
    ({ target }) => target,
  );
  const storage = await storageOf(contract.stack);
  let bytes = 0;
  for (const { id } of voices) {
    for await (const { key } of storage.list(`voices/${id}/`)) {
      const isLeaving = leaving.some((target) => (target.endsWith('/') ? key.startsWith(target) : key === target));
      if (!isLeaving) bytes += (await storage.stat(key))?.bytes ?? 0;
    }
  }
  return bytes;
}

describe('GET /usage/{partner}', () => {
  it('equals a recount of what was made, and of the stored objects', async () => {
    const partner = await newPartner();
    expect(await usageOf(partner)).toMatchObject({ voices: 0, samples: 0, seconds: 0, bytes: 0, gpu_seconds: 0 });
    await toneVoice(partner, 'recorded');
    await addSample(partner, 'recorded');
    await finished(partner, 'recorded', 'split', { max_samples: 1 });
    const embedded = await finished(partner, 'recorded', 'embed');
    await spoken(partner, 'recorded', 'Hello.');
    await emptyVoice(partner, 'empty');
    await addSample(partner, 'empty');
    const consent = { statement: 'I agree.', language: 'en', granted_by: 'Jane Doe', method: 'recorded' };
    expect((await partner.http.post(`${partner.route('empty')}/consent`, toneForm(2, consent))).status).toBe(201);
    const samples = [...embedded.samples, ...(await details(partner, 'empty')).samples];
    const used = await usageOf(partner);
    expect(used).toMatchObject({ voices: 2, samples: samples.length, embeddings: 1, quotas: unlimited });
    expect(used.seconds).toBeCloseTo(
      samples.reduce((sum, { duration }) => sum + duration, 0),
      2,
    );
    expect(used.bytes).toBe(await storedBytes(partner));
    const now = new Date();
    expect(used.since).toBe(`${now.getUTCFullYear()}-${String(now.getUTCMonth() + 1).padStart(2, '0')}-01T00:00:00Z`);
    // The emulator says how long each job ran. All three have ended: two embeddings and a speech.
    const uses = await sql<{ kind: string; seconds: number }>(
      contract.stack,
      'SELECT kind, seconds FROM gpu_uses u JOIN partners p ON p.id = u.partner_id WHERE p.name = $1 ORDER BY kind',
      [partner.name],
    );
    expect(uses.map(({ kind }) => kind)).toEqual(['embed', 'embed', 'speak']);
    expect(used.gpu_seconds).toBeCloseTo(
      uses.reduce((sum, { seconds }) => sum + seconds, 0),
      2,
    );
    await partner.http.delete(partner.route('recorded'));
    expect(await usageOf(partner)).toMatchObject({
      voices: 1,
      samples: 1,
      embeddings: 0,
      gpu_seconds: used.gpu_seconds,
    });
  });
});

describe('PATCH /admin/partners/{partner}', () => {
  it('changes what is given, and null removes a limit', async () => {
    const partner = await newPartner();
    expect(await limit(partner, {})).toEqual(unlimited);
    const quotas = { max_voices: 3, max_bytes: 10 ** 15, max_gpu_seconds_per_month: 60, keep_originals_days: 30 };
    expect(await limit(partner, quotas)).toEqual(quotas);
    expect(await limit(partner, { max_bytes: null })).toEqual({ ...quotas, max_bytes: null });
    expect((await usageOf(partner)).quotas).toEqual({ ...quotas, max_bytes: null });
    const partners = await contract.admin.get<{ name: string; quotas: Quotas }[]>('/admin/partners');
    expect(partners.body.find(({ name }) => name === partner.name)?.quotas.max_voices).toBe(3);
    const log = await contract.admin.get<{ action: string; details: object }[]>(`/admin/audit?partner=${partner.name}`);
    expect(log.body[0]).toMatchObject({ action: 'partner.change', details: { max_bytes: null } });
  });

  it('answers 404 for a partner that does not exist, and 422 for a number out of bounds', async () => {
    const { name } = await newPartner();
    expect((await contract.admin.patch('/admin/partners/nobody-here', { max_voices: 1 })).status).toBe(404);
    for (const max_voices of [-1, 1.5, 2 ** 31, 'many', '']) {
      expect((await contract.admin.patch(`/admin/partners/${name}`, { max_voices })).status).toBe(422);
    }
  });
});

describe('a quota', () => {
  const parallel = 50;
  const statuses = (answers: readonly { readonly status: number }[]): Record<number, number> => {
    const counts: Record<number, number> = {};
    for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  };
  const fifty = <T>(request: (at: number) => Promise<T>): Promise<T[]> =>
    Promise.all(Array.from({ length: parallel }, (_, at) => request(at)));

  it('of voices holds under parallel requests', async () => {
    const partner = await newPartner();
    await limit(partner, { max_voices: 7 });
    const made = await fifty((at) => partner.http.post(`${partner.route()}/empty`, { name: `voice ${at}` }));
    expect(statuses(made)).toEqual({ 201: 7, 403: parallel - 7 });
    expect((await usageOf(partner)).voices).toBe(7);
    const full = { status: 403, detail: 'Quota exceeded: the partner may have 7 voices, and 7 exist' };
    expect(said(await partner.http.post(partner.route(), toneForm(31, { name: 'one more' })))).toEqual(full);
  });

  it('of bytes refuses uploads and embeddings once it is used up', async () => {
    const partner = await newPartner();
    await emptyVoice(partner, 'full');
    await addSample(partner, 'full');
    const { bytes } = await usageOf(partner);
    await limit(partner, { max_bytes: bytes + 1000 });
    const tooMuch = await partner.http.post(`${partner.route('full')}/samples`, toneForm(1.5));
    expect(said(tooMuch)).toMatchObject({ status: 403, detail: expect.stringMatching(/^Quota exceeded: .* of files/) });
    expect((await usageOf(partner)).bytes).toBe(bytes);
    await limit(partner, { max_bytes: bytes });
    for (const path of ['/samples', '/embed']) {
      const body = path === '/samples' ? toneForm(1.5) : {};
      expect((await partner.http.post(partner.route('full') + path, body)).status).toBe(403);
    }
    expect((await partner.http.post(partner.route(), toneForm(31, { name: 'other' }))).status).toBe(403);
  });

  it('of GPU seconds counts jobs that are under way', async () => {
    const partner = await newPartner();
    await limit(partner, { max_gpu_seconds_per_month: 30 });
    await emptyVoice(partner, 'busy');
    await addSample(partner, 'busy');
    await finished(partner, 'busy', 'embed'); // the only job is accepted
    await sql(
      contract.stack,
      `UPDATE gpu_uses SET seconds = 12 FROM partners p WHERE p.id = partner_id AND p.name = $1`,
      [partner.name],
    );
    // 12 are used, and each job is expected to take 12: one more fits.
    const speeches = await fifty((at) => partner.http.post(`${partner.route('busy')}/speak`, { text: `Text ${at}.` }));
    expect(statuses(speeches)[403]).toBeGreaterThan(0);
    await limit(partner, { max_gpu_seconds_per_month: 0 });
    const used = await partner.http.post(`${partner.route('busy')}/embed`);
    expect(said(used)).toMatchObject({ status: 403, detail: expect.stringMatching(/^Quota exceeded: .* GPU seconds/) });
    expect((await partner.http.post(partner.route(), toneForm(31, { name: 'recorded' }))).status).toBe(403);
  });
});

describe('scopes of a key', () => {
  async function keyWith(partner: TestPartner, fields: Readonly<Record<string, unknown>>): Promise<string> {
    const made = await contract.admin.post<{ key: string; scopes: string[] }>(`/admin/partners/${partner.name}/keys`, {
      name: 'scoped',
      ...fields,
    });
    expect([made.status, made.body.scopes]).toEqual([201, fields['scopes'] ?? ['read', 'write']]);
    return made.body.key;
  }

  it('are read for GET and HEAD, and write for every other method, on every route of a partner', async () => {
    const partner = await newPartner();
    const keys = {
      read: await keyWith(partner, { scopes: ['read'] }),
      write: await keyWith(partner, { scopes: ['write'] }),
    };
    const routes = contract.recorder.description.operations.filter(
      ({ isOpen, template }) => !isOpen && template.includes('{partner}') && !template.startsWith('/api/admin'),
    );
    expect(routes.length).toBeGreaterThan(20);
    for (const operation of routes) {
      const needed = operation.method === 'GET' ? 'read' : 'write';
      const other = needed === 'read' ? 'write' : 'read';
      const answer = await ask(
        contract.client(keys[other]),
        operation.method,
        pathOf(operation, partner, { voice: 'x' }),
      );
      const lacks = { status: 403, detail: `The API key lacks the scope "${needed}"` };
      expect([operation.id, said(answer)]).toEqual([operation.id, lacks]);
    }
    const reader = contract.client(keys.read);
    expect((await reader.get(partner.route())).status).toBe(200);
    expect((await reader.fetch(partner.route(), { method: 'HEAD' })).status).toBe(200);
    expect((await contract.client(keys.write).post(`${partner.route()}/empty`, { name: 'written' })).status).toBe(201);
    const listed = await contract.admin.get<{ scopes: string[] }[]>(`/admin/partners/${partner.name}/keys`);
    expect(listed.body.map(({ scopes }) => scopes)).toEqual([['read', 'write'], ['read'], ['write']]);
  });

  it('come in any form, and are refused if they name none', async () => {
    const partner = await newPartner();
    const route = `/admin/partners/${partner.name}/keys`;
    const repeated = new URLSearchParams('name=form&scopes=read&scopes=write');
    expect((await contract.admin.post<{ scopes: string[] }>(route, repeated)).body.scopes).toEqual(['read', 'write']);
    const single = new URLSearchParams({ scopes: 'read', name: 'form' });
    expect((await contract.admin.post<{ scopes: string[] }>(route, single)).body.scopes).toEqual(['read']);
    for (const scopes of [[], ['admin'], ['read', 'read'], '', 'read', 'read,write', null, [['read']]]) {
      const refused = await contract.admin.post(route, { name: 'wrong', scopes });
      expect([scopes, said(refused)]).toEqual([
        scopes,
        { status: 422, detail: 'scopes must be a list of read and write, each at most once' },
      ]);
    }
  });
});
