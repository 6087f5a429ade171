import { request } from 'node:http';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { HttpClient, type Answer } from '../../support/http.js';
import { Contract } from '../../support/openapi-client.js';
import type { Operation } from '../../support/openapi.js';
import { sharedStack, type TestPartner } from '../../support/shared-stack.js';
import { details, type Details } from '../../support/voices.js';
import { ask, pathOf } from './asking.js';
import { behave, behaveAgain } from './emulated.js';
import { gpuSide } from './gpu-side.js';
import { emptyVoice, said, toneVoice, voiceOfSamples, type Failure } from './made-voices.js';
import {
  changesOfVoice,
  conflicts,
  json,
  malformed,
  nothingForAdmin,
  nothingInVoice,
  onlyOfKeys,
  wrongFields,
  wrongKeyFields,
  isCoveredElsewhere,
} from './refusal-tables.js';
import { sql } from './sql.js';
import { toneForm } from './tone.js';

let contract: Contract;
let partner: TestPartner;

beforeAll(async () => {
  contract = new Contract(sharedStack());
  partner = await contract.partner();
  await behave(contract.stack, { partner: partner.name }, { kind: 'instant', afterMs: 0 });
  await Promise.all([emptyVoice(partner, 'empty'), voiceOfSamples(partner, 'sampled', 1), toneVoice(partner, 'split')]);
  await behave(contract.stack, { partner: partner.name, voice: 'sampled' }, { kind: 'hold' });
});

const keyed = (): readonly Operation[] => contract.recorder.description.operations.filter(({ isOpen }) => !isOpen);

describe('stored objects', () => {
  const nobody = (): HttpClient => contract.client();
  const beyond = { headers: { Range: 'bytes=99999999-' } };

  it('return 416 with their length for a range beyond the end', async () => {
    const { embedding_zip_url: url } = (await partner.http.get<Details>(partner.route('split'))).body;
    const zip = new URL(url ?? '').pathname.replace(/^\/api/, '');
    for (const path of [
      `${partner.route('split')}/samples/1`,
      `${partner.route('split')}/original`,
      `${partner.route('split')}/test-samples/test_1_1.opus`,
      `${partner.route('split')}/embedding?sample_index=1`,
    ]) {
      const answer = await ask(partner.http, 'GET', path, beyond);
      expect(said(answer)).toEqual({ status: 416, detail: 'Range not satisfiable' });
      expect(answer.headers.get('content-range')).toMatch(/^bytes \*\/\d+$/);
    }
    expect(said(await ask(nobody(), 'GET', zip, beyond)).status).toBe(416);
  });

  it('accept the output of RunPod within its limits, and nothing once its job has ended', async () => {
    await voiceOfSamples(partner, 'short lived', 1);
    await behave(contract.stack, { partner: partner.name, voice: 'short lived' }, { kind: 'hold' });
    await partner.http.post(`${partner.route('short lived')}/embed`);
    const held = await gpuSide(contract.stack, partner, 'short lived');
    const put = (bytes: number, type = 'application/json'): Promise<Answer<Failure>> =>
      ask(nobody(), 'PUT', held.output, { body: 'x'.repeat(bytes), headers: { 'Content-Type': type } });
    for (const type of ['text/html', 'application/json5', 'application/jsonx; charset=utf-8', '; charset=utf-8']) {
      expect(said(await put(10, type))).toEqual({ status: 403, detail: 'Access denied' });
    }
    expect(said(await put(2_000))).toEqual({ status: 413, detail: 'The object may have at most 1 KiB' });
    const hint = await ask(nobody(), 'POST', held.webhook, { body: Buffer.alloc(17 * 1024 ** 2) });
    expect(hint.status).toBe(413);
    expect(said(await put(10)).status).toBe(200);
    expect((await nobody().fetch(held.outputRead)).status).toBe(200);

    await contract.admin.post(`/admin/jobs/${held.jobId}/cancel`);
    expect(said(await put(10))).toEqual({ status: 404, detail: 'Not found' });
    await partner.http.delete(partner.route('short lived'));
    expect(said(await put(10))).toEqual({ status: 404, detail: 'Not found' });
    expect(said(await ask(nobody(), 'GET', held.outputRead))).toEqual({ status: 404, detail: 'Not found' });
  });
});

describe('missing resources', () => {
  it('return 404 for a missing voice before the body is read', async () => {
    for (const operation of keyed().filter(({ template }) => template.includes('{voice}'))) {
      const broken =
        operation.bodyTypes.length > 0 ? { body: '{', headers: { 'Content-Type': 'application/json' } } : {};
      const answer = await ask(
        partner.http,
        operation.method,
        pathOf(operation, partner, { voice: 'nothing' }),
        broken,
      );
      expect([operation.id, said(answer)]).toEqual([operation.id, { status: 404, detail: 'Voice not found' }]);
    }
  });

  it.each(nothingInVoice)('return 404 for %s …%s: %s', async (method, path, detail) => {
    expect(said(await ask(partner.http, method, partner.route('sampled') + path))).toEqual({ status: 404, detail });
  });

  it.each(nothingForAdmin)('return 404 to an admin for %s %s: %s', async (method, path, detail) => {
    expect(said(await ask(contract.admin, method, path))).toEqual({ status: 404, detail });
  });

  it('return 404 to an admin for a missing partner', async () => {
    for (const path of ['/voices/nobody-here', '/voices/nobody-here/empty']) {
      expect(said(await contract.admin.post(path, { name: 'x' }))).toEqual({
        status: 404,
        detail: 'Partner not found',
      });
    }
    const nobody = { status: 404, detail: 'Partner not found' };
    expect(said(await contract.admin.get('/usage/nobody-here'))).toEqual(nobody);
    expect(said(await contract.admin.patch('/admin/partners/nobody-here', { max_voices: 1 }))).toEqual(nobody);
    expect((await contract.admin.patch(`/admin/partners/${partner.name}`, { max_voices: '' })).status).toBe(422);
    expect(said(await contract.admin.get('/voices/nobody-here'))).toEqual({ status: 404, detail: 'Partner not found' });
    expect(said(await contract.admin.get('/voices/No-Such'))).toEqual({ status: 404, detail: 'Partner not found' });
  });

  it('return the same 404 outside /api', async () => {
    const origin = contract.stack.baseUrl.replace(/\/api$/, '');
    for (const path of ['/favicon.ico', '/apix', '/docs/x']) {
      const response = await fetch(origin + path);
      expect([path, response.status, await response.json()]).toEqual([path, 404, { detail: 'Not found' }]);
    }
  });

  it('return 404 for an unknown route and 405 for an unknown method without a key', async () => {
    const nobody = contract.client();
    expect(said(await ask(nobody, 'GET', '/nothing'))).toEqual({ status: 404, detail: 'Not found' });
    for (const { method, template } of contract.recorder.description.operations) {
      const unused = ['PATCH', 'PUT', 'DELETE', 'POST'].filter(
        (each) => each !== method && !contract.recorder.description.operationOf(each, template),
      );
      for (const each of unused) {
        const answer = await ask(nobody, each, pathOf({ template }, partner, { token: 'x' }));
        expect(said(answer)).toEqual({ status: 405, detail: 'Method not allowed' });
      }
    }
  });
});

describe('invalid requests', () => {
  const withBody = (): readonly Operation[] => keyed().filter(({ bodyTypes }) => bodyTypes.length > 0);

  it.each(malformed)('return 400 on every route for %s', async (_what, body, headers) => {
    for (const operation of withBody()) {
      const client = operation.template.startsWith('/api/admin') ? contract.admin : partner.http;
      const answer = await ask(client, operation.method, pathOf(operation, partner, { voice: 'empty' }), {
        body,
        headers,
      });
      expect([operation.id, answer.status, typeof answer.body.detail]).toEqual([operation.id, 400, 'string']);
    }
  });

  it('return 413 on every route for a field that is too large', async () => {
    const big = 'x'.repeat(70_000);
    const form = new FormData();
    form.set('name', big);
    for (const operation of withBody()) {
      const client = operation.template.startsWith('/api/admin') ? contract.admin : partner.http;
      for (const body of [form, new URLSearchParams({ name: big })]) {
        const answer = await ask(client, operation.method, pathOf(operation, partner, { voice: 'empty' }), { body });
        expect([operation.id, answer.status]).toEqual([operation.id, 413]);
        expect(answer.body.detail).toMatch(/at most 64 KiB$/);
      }
    }
  });

  it.each(wrongFields)('%s …%s %j returns 422 and names %s', async (method, path, fields, field) => {
    const init = fields === null ? {} : { body: JSON.stringify(fields), headers: json };
    const answer = await ask(partner.http, method, `/voices/${partner.name}${path}`, init);
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toEqual([{ field, message: answer.body.detail }]);
    expect(answer.body.detail).toContain(field);
  });

  it('return the configured tts types for an unknown one', async () => {
    const answer = await partner.http.post<Failure>(`${partner.route('split')}/embed`, { tts_type: 'unknown' });
    expect(answer.body.detail).toBe('tts_type must be one of kyutai, other_tts');
  });

  it.each(wrongKeyFields)('POST %s %j returns 422 and names %s', async (path, fields, field) => {
    const answer = await contract.admin.post<Failure>(path, fields);
    expect([answer.status, answer.body.errors?.[0]?.field]).toEqual([422, field]);
  });

  it.each(['/admin/jobs?state=asleep', '/admin/audit?limit=0', '/admin/audit?cursor=x'])(
    'GET %s returns 422',
    async (path) => {
      expect((await contract.admin.get(path)).status).toBe(422);
    },
  );

  it('return 400 for a malformed URL', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const path = `/api/voices/${partner.name}/%E0%A4%A`;
      const headers = { 'X-Api-Key': partner.key };
      const { hostname, port } = new URL(contract.stack.baseUrl);
      request({ hostname, port, path, headers }, (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(400);
  });
});

describe('conflicts', () => {
  it.each(conflicts)('%s …%s %j returns 409: %s', async (method, path, fields, detail) => {
    const init = fields === null ? {} : { body: JSON.stringify(fields), headers: json };
    const answer = await ask(partner.http, method, `/voices/${partner.name}${path}`, init);
    expect(said(answer)).toEqual({ status: 409, detail });
  });

  it('return 409 for a recording under the name of another voice', async () => {
    const answer = await partner.http.post(partner.route(), toneForm(2, { name: 'empty' }));
    expect(said(answer)).toEqual({ status: 409, detail: 'Voice already exists' });
  });

  it('return 409 for the embedding of the preferred sample if there is none, or if only the archive exists', async () => {
    const [route, saved] = [partner.route('split'), (await details(partner, 'split')).preferred_sample_index];
    await partner.http.put(`${route}/preferred-sample`, { sample_index: null });
    expect(said(await partner.http.get(`${route}/embedding`))).toEqual({
      status: 409,
      detail: 'Voice has no preferred sample',
    });
    await partner.http.put(`${route}/preferred-sample`, { sample_index: saved });
    const own = `(SELECT v.id FROM voices v JOIN partners p ON p.id = v.partner_id
                  WHERE p.name = '${partner.name}' AND v.name = 'split')`;
    await sql(contract.stack, `UPDATE embedding_runs SET sample_embeddings = '[]' WHERE voice_id = ${own}`);
    expect(said(await partner.http.get(`${route}/embedding`))).toEqual({
      status: 409,
      detail: 'The embedding is one archive; embed the voice again to get single files',
    });
  });

  it('return 409 for the 501st sample', async () => {
    await emptyVoice(partner, 'full');
    const own = `(SELECT v.id FROM voices v JOIN partners p ON p.id = v.partner_id
                  WHERE p.name = '${partner.name}' AND v.name = 'full')`;
    await sql(contract.stack, `UPDATE voices SET sample_count = 500, next_sample_index = 501 WHERE id = ${own}`);
    const answer = await partner.http.post(`${partner.route('full')}/samples`, toneForm(2));
    expect(said(answer)).toEqual({ status: 409, detail: 'Voice has too many samples' });
  });
});

describe('a locked voice', () => {
  beforeAll(async () => {
    expect((await partner.http.post(`${partner.route('sampled')}/embed`)).status).toBe(202);
  });

  it.each(changesOfVoice)('refuses %s …%s', async (method, path, body) => {
    const answer = await ask(partner.http, method, partner.route('sampled') + path, { body });
    expect(said(answer)).toEqual({ status: 409, detail: 'Voice is currently being processed' });
  });

  it('rejects invalid parameters before it reports the lock', async () => {
    const route = partner.route('sampled');
    expect((await partner.http.post(`${route}/split`, { max_samples: 0 })).status).toBe(422);
    expect((await partner.http.post(`${route}/embed`, { tts_type: 'unknown' })).status).toBe(422);
    expect((await partner.http.put(`${route}/name`, { name: '' })).status).toBe(422);
    expect((await partner.http.patch(route, { language: 'xx' })).status).toBe(422);
    expect((await partner.http.put(`${route}/preferred-sample`, {})).status).toBe(422);
    expect((await partner.http.post(`${route}/samples`, {})).status).toBe(422);
  });

  it('answers every read', async () => {
    const route = partner.route('sampled');
    for (const path of ['', '/samples/1', '/samples-bundle', '/test-samples']) {
      expect((await partner.http.fetch(route + path)).status).toBe(200);
    }
    expect((await partner.http.get(partner.route())).status).toBe(200);
  });

  it('is unlocked when its job ends', async () => {
    expect((await partner.http.post(`${partner.route('sampled')}/cancel`)).status).toBe(202);
    await behaveAgain(contract.stack, { partner: partner.name, voice: 'sampled' });
    expect((await partner.http.delete(partner.route('sampled'))).status).toBe(204);
  });
});

describe('coverage of openapi.json by the tests above', () => {
  it('includes every documented failure that no other test covers', () => {
    const elsewhere = /^(401|403|408|429|5\d\d)$/;
    const unseen = contract.recorder.unseen((status) => status >= 400 && !elsewhere.test(String(status)));
    const ofKeys = onlyOfKeys();
    const isElsewhere = (each: string): boolean => isCoveredElsewhere(each) || ofKeys.has(each);
    expect(unseen.filter((each) => !isElsewhere(each))).toEqual([]);
  });
});
