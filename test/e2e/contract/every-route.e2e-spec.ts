import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Contract } from '../../support/openapi-client.js';
import { openApiFile } from '../../support/openapi.js';
import type { TestPartner } from '../../support/shared-stack.js';
import { details, settled, type Details } from '../../support/voices.js';
import { bodyForms } from './body-forms.js';
import { behave, instantContract } from './emulated.js';
import { gpuSide } from './gpu-side.js';
import { addSample, emptyVoice, finished, toneVoice, voiceOfSamples, without } from './made-voices.js';
import { nestRoutes } from './nest-routes.js';
import { isCoveredElsewhere } from './refusal-tables.js';
import { rowsOfForm } from '../../support/test-form.js';
import { toneForm } from './tone.js';

let contract: Contract;
let partner: TestPartner;

beforeAll(async () => {
  ({ contract, partner } = await instantContract());
});

describe('openapi.json', () => {
  it('documents exactly the routes of the application', async () => {
    const documented = contract.recorder.description.operations.map(({ method, template }) => `${method} ${template}`);
    expect([...documented].sort()).toEqual((await nestRoutes()).sort());
  });

  it('is served as committed, except for the server URL', async () => {
    const served = (await (await fetch(`${contract.stack.baseUrl}/openapi.json`)).json()) as object;
    const committed = JSON.parse(await readFile(openApiFile, 'utf8')) as object;
    expect(served).toEqual({ ...committed, servers: [{ url: contract.stack.baseUrl.replace(/\/api$/, '') }] });
  });
});

// What is behind a route is the same for every form of its body, so the short form works once.
const working = rowsOfForm(bodyForms, ['JSON']).map(([form]) => form);

describe.each(bodyForms)('routes with fields, sent as %s', (form, of) => {
  const named = (name: string): string => `${form} ${name}`;

  it('create a voice', async () => {
    const creator = { creator_name: 'Zoë', creator_email: 'zoe@example.com' };
    const fields = { name: named('plain'), ...creator, language: 'FR-ca', unknown: 'ignored' };
    const more = { labels: '{"constructor":"x","a.b":"ü: 1"}', description: 'Two\nlines' };
    const made = await partner.http.post<Details>(partner.route(), of({ ...fields, ...more }));
    expect(made.status).toBe(201);
    expect(made.headers.get('location')).toBe(`/api${partner.route(named('plain'))}`);
    const { description } = more;
    expect(made.body).toMatchObject({ name: named('plain'), ...creator, language: 'fr-CA', description });
    expect(made.body.labels).toEqual(JSON.parse(more.labels));
    const empty = await partner.http.post<Details>(
      `${partner.route()}/empty`,
      of({ ...fields, ...more, name: named('empty') }),
    );
    expect(empty.status).toBe(201);
    expect(made.body).toMatchObject(without(empty.body, 'id', 'name', 'created_at', 'updated_at'));
    expect(await details(partner, named('empty'))).toEqual(empty.body);
  });

  it('rename a voice', async () => {
    await emptyVoice(partner, named('old'));
    const renamed = await partner.http.put<Details>(`${partner.route(named('old'))}/name`, of({ name: named('new') }));
    expect(renamed.status).toBe(200);
    expect(renamed.body.name).toBe(named('new'));
    expect((await partner.http.get(partner.route(named('old')))).status).toBe(404);
  });

  it('update a voice', async () => {
    const before = await emptyVoice(partner, named('changed'));
    const route = partner.route(before.id);
    const fields = {
      language: 'de-ch',
      description: 'Warm\nand slow',
      creator_name: 'Ann',
      creator_email: 'ann@example.com',
    };
    const changed = await partner.http.patch<Details>(route, of({ ...fields, labels: '{"b":"2","a":"1"}' }));
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({ ...fields, id: before.id, language: 'de-CH', labels: { a: '1', b: '2' } });
    const unlabelled = await partner.http.patch<Details>(route, of({ labels: '{}' }));
    expect(unlabelled.body).toEqual({ ...changed.body, labels: {}, updated_at: expect.any(String) });
    expect((await partner.http.patch(route, of({}))).body).toEqual(unlabelled.body);
  });

  (working.includes(form) ? it : it.skip)('set the preferred sample, split and embed', async () => {
    const voice = named('worked');
    await toneVoice(partner, voice);
    const route = partner.route(voice);
    const chosen = await partner.http.put<Details>(`${route}/preferred-sample`, of({ sample_index: '2' }));
    expect([chosen.status, chosen.body.preferred_sample_index]).toEqual([200, 2]);
    const cleared = await partner.http.put<Details>(`${route}/preferred-sample`, of({ sample_index: '' }));
    expect([cleared.status, cleared.body.preferred_sample_index]).toEqual([200, null]);
    const fields = { mode: 'fixed', max_samples: '3', sample_duration: '10', min_duration: '10', select: 'first' };
    const planned = await partner.http.post<Details>(`${route}/split`, of({ ...fields, dry_run: 'true' }));
    expect([planned.status, planned.body.samples.map((sample) => sample.duration)]).toEqual([200, [10, 10, 10]]);
    const split = await finished(partner, voice, 'split', of(fields));
    expect(split.samples.map((sample) => sample.duration)).toEqual([10, 10, 10]);
    const embedded = await finished(partner, voice, 'embed', of({ tts_type: 'kyutai' }));
    expect(embedded.embedding_info?.sample_scores).toHaveLength(3);
    const test_sentences = ['Une.', 'Deux.', 'Trois.'];
    const other = await finished(partner, voice, 'embed', of({ language: 'fr', test_sentences }));
    expect(other).toMatchObject({ language: 'en', errors: { embedding: null } });
    expect(other.embedding_info?.test_samples).toHaveLength(3 * 3);
  });

  it('create a key', async () => {
    const route = `/admin/partners/${partner.name}/keys`;
    const made = await contract.admin.post<Record<string, string>>(
      route,
      of({ name: named('key'), expires_at: '2099-01-31T00:00:00Z' }),
    );
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ name: named('key'), partner: partner.name, expires_at: '2099-01-31T00:00:00Z' });
  });
});

describe('routes without fields', () => {
  const voice = 'Aufnahme ü 日本 🎙';
  beforeAll(async () => {
    const named = toneForm(31, { name: voice }, '../Aufnahme-ü 日本.wav');
    expect((await partner.http.post<Details>(partner.route(), named)).status).toBe(201);
    const made = await settled(partner, voice);
    expect(made.original_uploaded_name).toBe('Aufnahme-ü 日本.wav');
    expect(made.original_filename).toBe('Aufnahme-ü 日本.opus');
  });

  it('accept the key in the query and prefer the X-Api-Key header', async () => {
    const nobody = contract.client();
    const route = partner.route(voice);
    expect((await nobody.get(`${route}?api_key=${partner.key}`)).status).toBe(200);
    expect((await nobody.get(`${route}?api_key=wrong`, { 'X-Api-Key': partner.key })).status).toBe(200);
    expect((await nobody.get(`${route}?api_key=${partner.key}`, { 'X-Api-Key': 'wrong' })).status).toBe(401);
  });

  it('list voices, and return details and files', async () => {
    const route = partner.route(voice);
    const files = ['/samples/1', '/original', '/export', '/test-samples/test_1_1.opus', '/embedding'];
    const answers = ['', '?audio_urls=true', '/samples-bundle', '/test-samples', '/waveform', '/embedding-runs'];
    for (const path of [...answers, ...files]) {
      expect((await partner.http.fetch(route + path)).status).toBe(200);
      expect((await partner.http.fetch(route + path, { method: 'HEAD' })).status).toBe(200);
    }
    for (const path of [partner.route(), '/v1/audio/voices']) {
      expect((await partner.http.fetch(path)).status).toBe(200);
    }
    expect((await partner.http.fetch(`${partner.route()}?limit=1`)).headers.get('link')).toContain('rel="next"');
    const drawn = (await partner.http.fetch(`${route}/waveform`)).headers.get('etag') ?? '';
    expect((await partner.http.fetch(`${route}/waveform`, { headers: { 'If-None-Match': drawn } })).status).toBe(304);
    for (const path of files) {
      const part = await partner.http.fetch(route + path, { headers: { Range: 'bytes=0-9' } });
      expect(part.status).toBe(206);
      const tag = part.headers.get('etag') ?? '';
      expect((await partner.http.fetch(route + path, { headers: { 'If-None-Match': tag } })).status).toBe(304);
      expect((await partner.http.fetch(route + path, { headers: { Range: 'bytes=99999999-' } })).status).toBe(416);
    }
  });

  it('list, return, restore and delete embedding runs', async () => {
    await voiceOfSamples(partner, 'runs', 1);
    const first = (await finished(partner, 'runs', 'embed')).embedding_info?.run_id ?? '';
    const second = (await finished(partner, 'runs', 'embed')).embedding_info?.run_id ?? '';
    const route = `${partner.route('runs')}/embedding-runs`;
    const list = await partner.http.get<{ run_id: string }[]>(route);
    expect(list.body.map(({ run_id: id }) => id)).toEqual([second, first]);
    expect((await partner.http.get<{ current: boolean }>(`${route}/${first}`)).body.current).toBe(false);
    const restored = await partner.http.post<Details>(`${route}/${first}/restore`);
    expect([restored.status, restored.body.embedding_info?.run_id]).toEqual([200, first]);
    expect((await partner.http.delete(`${route}/${first}`)).status).toBe(409);
    expect((await partner.http.delete(`${route}/${second}`)).status).toBe(204);
  });

  it('return a signed URL that needs no key', async () => {
    const { embedding_zip_url: url } = await details(partner, voice);
    const target = new URL(url ?? '').pathname.replace(/^\/api/, '');
    const nobody = contract.client();
    const whole = await nobody.fetch(target);
    expect(whole.headers.get('content-type')).toBe('application/zip');
    const headers = { Range: 'bytes=0-1', 'If-Range': whole.headers.get('etag') ?? '' };
    expect(await (await nobody.fetch(target, { headers })).text()).toBe('PK');
    const have = { 'If-None-Match': whole.headers.get('etag') ?? '' };
    expect((await nobody.fetch(target, { headers: have })).status).toBe(304);
    expect((await nobody.fetch(target, { headers: { Range: 'bytes=99999999-' } })).status).toBe(416);
    const head = await nobody.fetch(target, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe(whole.headers.get('content-length'));
  });

  it('add and delete samples, test files and the voice', async () => {
    await voiceOfSamples(partner, 'to be deleted', 1);
    const route = partner.route('to be deleted');
    expect(await addSample(partner, 'to be deleted')).toBe(2);
    expect((await partner.http.delete(`${route}/samples/2`)).status).toBe(204);
    expect((await partner.http.delete(`${route}/test-files/kyutai`)).status).toBe(204);
    expect((await partner.http.delete(route)).status).toBe(204);
  });

  it('cancel processing, and delete a voice while it is processed', async () => {
    await voiceOfSamples(partner, 'held', 1);
    const route = partner.route('held');
    await behave(contract.stack, { partner: partner.name, voice: 'held' }, { kind: 'hold' });
    expect((await partner.http.post(`${route}/embed`)).status).toBe(202);
    const cancelled = await partner.http.post<Details>(`${route}/cancel`);
    expect(cancelled.status).toBe(202);
    expect(cancelled.body).toMatchObject({ status: { embedding: 'failed' }, errors: { embedding: 'Cancelled' } });
    expect(cancelled.body.progress).toBeNull();
    expect((await partner.http.post(`${route}/embed`)).status).toBe(202);
    expect((await partner.http.delete(route)).status).toBe(409);
    expect((await partner.http.delete(`${route}?force=false`)).status).toBe(409);
    expect((await partner.http.delete(`${route}?force=true`)).status).toBe(204);
    expect((await partner.http.get(route)).status).toBe(404);
  });

  it('stream events', async () => {
    await emptyVoice(partner, 'streamed');
    for (const route of [partner.route(), partner.route('streamed')]) {
      const headers = { Accept: 'text/event-stream' };
      // HEAD, because a stream never ends. events.e2e-spec.ts reads streams.
      const answer = await partner.http.fetch(`${route}/events`, { method: 'HEAD', headers });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    }
  });

  it('report liveness and readiness without a key', async () => {
    const nobody = contract.client();
    expect((await nobody.get('/health/live')).body).toEqual({ status: 'live' });
    expect((await nobody.get<{ status: string }>('/health/ready')).body.status).toBe('ready');
  });

  it('accept the webhook of RunPod and the output of its handler', async () => {
    await behave(contract.stack, { partner: partner.name, voice }, { kind: 'hold' });
    expect((await partner.http.post(`${partner.route(voice)}/embed`)).status).toBe(202);
    const held = await gpuSide(contract.stack, partner, voice);
    const nobody = contract.client();
    const hook = await nobody.post(held.webhook, { id: held.runpodJobId, status: 'IN_QUEUE' });
    expect(hook.status).toBe(200);
    const put = async (contentType: string): Promise<number> =>
      (await nobody.fetch(held.output, { method: 'PUT', headers: { 'Content-Type': contentType }, body: '{}' })).status;
    for (const written of ['application/json', 'application/json; charset=utf-8', 'Application/JSON;Charset="utf-8"']) {
      expect([written, await put(written)]).toEqual([written, 200]);
    }
    const [job] = (await contract.admin.get<{ id: string; voice: string }[]>('/admin/jobs?state=waiting')).body.filter(
      (each) => each.voice === voice,
    );
    expect((await contract.admin.post(`/admin/jobs/${job?.id}/cancel`)).status).toBe(202);
    expect((await details(partner, voice)).errors.embedding).toBe('Cancelled');
  });
});

describe('GET /key', () => {
  it('answers whom a key belongs to', async () => {
    expect((await partner.http.get('/key')).body).toMatchObject({ partner: partner.name, is_admin: false });
    expect((await contract.admin.get('/key')).body).toMatchObject({ partner: null, is_admin: true });
  });
});

describe('admin routes', () => {
  it('manage partners and keys', async () => {
    const other = await contract.partner();
    const route = `/admin/partners/${other.name}`;
    const partners = await contract.admin.get<{ name: string }[]>('/admin/partners');
    expect(partners.body.map(({ name }) => name)).toContain(other.name);
    const [key] = (await contract.admin.get<{ id: string; prefix: string }[]>(`${route}/keys`)).body;
    expect(other.key.startsWith(key?.prefix ?? '-')).toBe(true);
    expect((await contract.admin.delete(`/admin/keys/${key?.id}`)).status).toBe(204);
    expect((await contract.admin.patch(route, { max_voices: 5 })).status).toBe(200);
    expect((await contract.admin.get(`/usage/${other.name}`)).status).toBe(200);
    expect((await contract.admin.get('/admin/audit')).status).toBe(200);
    expect((await contract.admin.delete(route)).status).toBe(204);
    expect((await contract.admin.get(`${route}/keys`)).status).toBe(404);
  });
});

describe('coverage of openapi.json by the tests above', () => {
  it('includes every documented status below 400', () => {
    // 302 needs a bucket and DOWNLOADS=storage. s3.operators-spec.ts covers it.
    const unseen = contract.recorder.unseen((status) => status < 400 && status !== 302);
    expect(unseen.filter((each) => !isCoveredElsewhere(each))).toEqual([]);
  });
});
