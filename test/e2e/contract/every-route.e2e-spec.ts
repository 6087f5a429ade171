import 'reflect-metadata';
import { readFile } from 'node:fs/promises';
import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, ModulesContainer, NestFactory } from '@nestjs/core';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { readConfig } from '#libs/config';
import { AppModule } from '../../../apps/api/src/app.module.js';
import type { Body } from '../../support/http.js';
import { Contract } from '../../support/openapi-client.js';
import { openApiFile } from '../../support/openapi.js';
import { sharedStack, type TestPartner } from '../../support/shared-stack.js';
import { details, settled, type Details } from '../../support/voices.js';
import { behave, embedInstantly } from './emulated.js';
import { gpuSide } from './gpu-side.js';
import { addSample, emptyVoice, finished, toneVoice, voiceOfSamples, without } from './made-voices.js';
import { toneForm } from './tone.js';

/** The three forms every route with fields takes. */
const forms: readonly (readonly [form: string, of: (fields: Readonly<Record<string, string>>) => Body])[] = [
  ['multipart', (fields) => Object.entries(fields).reduce((form, [k, v]) => (form.set(k, v), form), new FormData())],
  ['urlencoded', (fields) => new URLSearchParams(fields)],
  ['JSON', (fields) => fields],
];

let contract: Contract;
let partner: TestPartner;

beforeAll(async () => {
  contract = new Contract(sharedStack());
  partner = await contract.partner();
  await embedInstantly(contract.stack, partner);
});

/** Routes as Nest knows them, read from the controllers of the application. */
async function nestRoutes(): Promise<string[]> {
  const config = readConfig({
    DATABASE_URL: 'postgres://nowhere/none',
    REDIS_URL: 'redis://nowhere',
    RUNPOD_BASE_URL: 'http://localhost',
    RUNPOD_API_KEY: 'none',
  });
  const module = AppModule.with(config, pino({ level: 'silent' }));
  const app = await NestFactory.create(module, { preview: true, logger: false, abortOnError: false });
  const modules = [...app.get(ModulesContainer, { strict: false }).values()];
  const controllers = modules.flatMap((each) => [...each.controllers.values()]);
  return controllers.flatMap(({ metatype }) => {
    const type = metatype as { readonly prototype: Record<string, object> } & object;
    const base = Reflect.getMetadata(PATH_METADATA, type) as string;
    return new MetadataScanner().getAllMethodNames(type.prototype).flatMap((name) => {
      const handler = type.prototype[name] as object;
      const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
      if (method === undefined) return [];
      const path = [base, Reflect.getMetadata(PATH_METADATA, handler) as string].join('/').replace(/\/+$/, '');
      return [`${RequestMethod[method]} /api/${path.replaceAll(/:(\w+)/g, '{$1}').replaceAll(/\/+/g, '/')}`];
    });
  });
}

describe('openapi.json', () => {
  it('documents exactly the routes there are', async () => {
    const documented = contract.recorder.description.operations.map(({ method, template }) => `${method} ${template}`);
    expect([...documented].sort()).toEqual((await nestRoutes()).sort());
  });

  it('is served, with the same operations', async () => {
    const served = (await (await fetch(`${contract.stack.baseUrl}/openapi.json`)).json()) as object;
    const committed = JSON.parse(await readFile(openApiFile, 'utf8')) as object;
    expect(served).toEqual({ ...committed, servers: [{ url: contract.stack.baseUrl.replace(/\/api$/, '') }] });
  });
});

describe.each(forms)('fields as %s', (form, of) => {
  const named = (name: string): string => `${form} ${name}`;

  it('create voices', async () => {
    const fields = { name: named('plain'), creator_name: 'Zoë', creator_email: 'zoe@example.com', unknown: 'ignored' };
    const made = await partner.http.post<Details>(partner.route(), of(fields));
    expect(made.status).toBe(201);
    expect(made.headers.get('location')).toBe(`/api${partner.route(named('plain'))}`);
    expect(made.body).toMatchObject({ name: named('plain'), creator_name: 'Zoë', creator_email: 'zoe@example.com' });
    const empty = await partner.http.post<Details>(`${partner.route()}/empty`, of({ ...fields, name: named('empty') }));
    expect(empty.status).toBe(201);
    expect(made.body).toMatchObject(without(empty.body, 'name', 'created_at', 'updated_at'));
    expect(await details(partner, named('empty'))).toEqual(empty.body);
  });

  it('rename', async () => {
    await emptyVoice(partner, named('old'));
    const renamed = await partner.http.put<Details>(`${partner.route(named('old'))}/name`, of({ name: named('new') }));
    expect(renamed.status).toBe(200);
    expect(renamed.body.name).toBe(named('new'));
    expect((await partner.http.get(partner.route(named('old')))).status).toBe(404);
  });

  it('choose a sample, split and embed', async () => {
    const voice = named('worked');
    await toneVoice(partner, voice);
    const route = partner.route(voice);
    const chosen = await partner.http.put<Details>(`${route}/preferred-sample`, of({ sample_index: '2' }));
    expect([chosen.status, chosen.body.preferred_sample_index]).toEqual([200, 2]);
    const cleared = await partner.http.put<Details>(`${route}/preferred-sample`, of({ sample_index: '' }));
    expect([cleared.status, cleared.body.preferred_sample_index]).toEqual([200, null]);
    const split = await finished(partner, voice, 'split', of({ max_samples: '3', sample_duration: '10' }));
    expect(split.samples.map((sample) => sample.duration)).toEqual([10, 10, 10]);
    const embedded = await finished(partner, voice, 'embed', of({ tts_type: 'kyutai' }));
    expect(embedded.embedding_info?.sample_scores).toHaveLength(3);
  });

  it('make keys', async () => {
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

  it('take the key in the query, where the header wins', async () => {
    const nobody = contract.client();
    const route = partner.route(voice);
    expect((await nobody.get(`${route}?api_key=${partner.key}`)).status).toBe(200);
    expect((await nobody.get(`${route}?api_key=wrong`, { 'X-Api-Key': partner.key })).status).toBe(200);
    expect((await nobody.get(`${route}?api_key=${partner.key}`, { 'X-Api-Key': 'wrong' })).status).toBe(401);
  });

  it('list, describe and download', async () => {
    const route = partner.route(voice);
    for (const path of ['', '/samples/1', '/samples-bundle', '/test-samples', '/test-samples/test_1_1.opus']) {
      expect((await partner.http.fetch(route + path)).status).toBe(200);
      const head = await partner.http.fetch(route + path, { method: 'HEAD' });
      expect(head.status).toBe(200);
    }
    expect((await partner.http.fetch(partner.route())).status).toBe(200);
    expect((await partner.http.fetch(`${partner.route()}?limit=1`)).headers.get('link')).toContain('rel="next"');
    for (const path of ['/samples/1', '/test-samples/test_1_1.opus']) {
      const part = await partner.http.fetch(route + path, { headers: { Range: 'bytes=0-9' } });
      expect(part.status).toBe(206);
      const tag = part.headers.get('etag') ?? '';
      expect((await partner.http.fetch(route + path, { headers: { 'If-None-Match': tag } })).status).toBe(304);
      expect((await partner.http.fetch(route + path, { headers: { Range: 'bytes=99999999-' } })).status).toBe(416);
    }
  });

  it('hand out a signed URL that needs no key', async () => {
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
    expect((await nobody.fetch(target, { method: 'HEAD' })).headers.get('content-length')).toBe(
      whole.headers.get('content-length'),
    );
  });

  it('upload and delete', async () => {
    await voiceOfSamples(partner, 'to be deleted', 2);
    const route = partner.route('to be deleted');
    expect(await addSample(partner, 'to be deleted')).toBe(3);
    expect((await partner.http.delete(`${route}/samples/3`)).status).toBe(204);
    expect((await partner.http.delete(`${route}/test-files/kyutai`)).status).toBe(204);
    expect((await partner.http.delete(route)).status).toBe(204);
  });

  it('are watched over', async () => {
    const nobody = contract.client();
    expect((await nobody.get('/health/live')).body).toEqual({ status: 'live' });
    expect((await nobody.get<{ status: string }>('/health/ready')).body.status).toBe('ready');
  });

  it('hear RunPod, and take what its handler stores', async () => {
    await voiceOfSamples(partner, 'heard', 1);
    await behave(contract.stack, { partner: partner.name, voice: 'heard' }, { kind: 'hold' });
    expect((await partner.http.post(`${partner.route('heard')}/embed`)).status).toBe(202);
    const held = await gpuSide(contract.stack, partner, 'heard');
    const nobody = contract.client();
    const hook = await nobody.post(held.webhook, { id: held.runpodJobId, status: 'IN_QUEUE' });
    expect(hook.status).toBe(200);
    const put = async (contentType: string): Promise<number> =>
      (await nobody.fetch(held.output, { method: 'PUT', headers: { 'Content-Type': contentType }, body: '{}' })).status;
    for (const written of ['application/json', 'application/json; charset=utf-8', 'Application/JSON;Charset="utf-8"']) {
      expect([written, await put(written)]).toEqual([written, 200]);
    }
    const [job] = (await contract.admin.get<{ id: string; voice: string }[]>('/admin/jobs?state=waiting')).body.filter(
      (each) => each.voice === 'heard',
    );
    expect((await contract.admin.post(`/admin/jobs/${job?.id}/cancel`)).status).toBe(202);
    expect((await details(partner, 'heard')).errors.embedding).toBe('Cancelled');
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
    expect((await contract.admin.get('/admin/audit')).status).toBe(200);
    expect((await contract.admin.delete(route)).status).toBe(204);
    expect((await contract.admin.get(`${route}/keys`)).status).toBe(404);
  });
});

describe('after all of the above', () => {
  it('every documented way to succeed was seen', () => {
    // 302 is for operators with a bucket (DOWNLOADS=storage): s3.e2e-spec.ts follows it.
    expect(contract.recorder.unseen((status) => status < 400 && status !== 302)).toEqual([]);
  });
});
