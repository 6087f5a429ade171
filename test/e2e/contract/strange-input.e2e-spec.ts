import { request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Contract } from '../../support/openapi-client.js';
import { sharedStack, type TestPartner } from '../../support/shared-stack.js';
import { details, type Details } from '../../support/voices.js';
import { emptyVoice, said, voiceOfSamples, type Failure } from './made-voices.js';
import { isName, strangeNumber, strangeText, whole } from './strange-values.js';

/*
 * These clients check every response against openapi.json. An undocumented status, a 5xx or an undocumented error body
 * fails the test.
 */
let contract: Contract;
let partner: TestPartner;
const voice = 'target';

beforeAll(async () => {
  contract = new Contract(sharedStack());
  partner = await contract.partner();
  await voiceOfSamples(partner, voice, 1);
});

const rounds = { numRuns: 60, seed: 20_261_123 } as const;

/** Rejects a 5xx. openapi.json documents some of them, but no input may cause one. */
const expectNoFault = (status: number): void => expect(status).toBeLessThan(500);

describe('voice names', () => {
  it('are accepted and found again, or rejected', async () => {
    await fc.assert(
      fc.asyncProperty(strangeText, async (name) => {
        const made = await partner.http.post<Details>(`${partner.route()}/empty`, { name });
        expect([201, 409, 422]).toContain(made.status);
        expect(made.status === 422).toBe(!isName(name));
        if (made.status !== 201) return;
        expect(made.body.name).toBe(name.trim());
        expect(made.headers.get('location')).toBe(`/api${partner.route(name.trim())}`);
        expect(await details(partner, name.trim())).toEqual(made.body);
        expect((await partner.http.delete(partner.route(name.trim()))).status).toBe(204);
      }),
      rounds,
    );
  });

  it('may have 255 code points in every body format, but not 256', async () => {
    for (const unit of ['x', 'ü', '日', '🎙']) {
      for (const body of [new URLSearchParams({ name: unit.repeat(255) }), formOf({ name: unit.repeat(255) })]) {
        const made = await partner.http.post<Details>(`${partner.route()}/empty`, body);
        expect([made.status, made.body.name]).toEqual([201, unit.repeat(255)]);
        expect((await partner.http.delete(partner.route(unit.repeat(255)))).status).toBe(204);
        const refused = await partner.http.post(`${partner.route()}/empty`, { name: unit.repeat(256) });
        expect(refused.status).toBe(422);
      }
    }
  });

  it('are compared exactly, so that composed and decomposed letters are two names', async () => {
    await emptyVoice(partner, '\u00e9');
    await emptyVoice(partner, 'e\u0301');
    expect((await details(partner, '\u00e9')).name).toBe('\u00e9');
    expect((await details(partner, 'e\u0301')).name).toBe('e\u0301');
  });

  it('in a URL never cause a 5xx', async () => {
    await fc.assert(
      fc.asyncProperty(strangeText, async (name) => {
        if (/\p{Cs}/u.test(name)) return; // a URL cannot contain it
        const route = `/voices/${partner.name}/${encodeURIComponent(name)}`;
        for (const path of [route, `${route}/samples/1`]) expectNoFault((await partner.http.fetch(path)).status);
      }),
      rounds,
    );
    for (const path of ['%2e%2e', '..%2f', '%00', '%ff', 'a%2Fb', '%', '%zz', '%F0%9F', '//', '%5c']) {
      expectNoFault(await rawStatus(`/api/voices/${partner.name}/${path}`));
    }
  });
});

describe('whole numbers', () => {
  it('of a split are read as the contract says, or rejected with the bounds', async () => {
    await fc.assert(
      fc.asyncProperty(strangeNumber, strangeNumber, async (maxSamples, sampleDuration) => {
        const fields = { max_samples: maxSamples, sample_duration: sampleDuration };
        const answer = await partner.http.post<Failure>(`${partner.route(voice)}/split`, new URLSearchParams(fields));
        const isGood = whole(maxSamples, 1, 100) && whole(sampleDuration, 5, 60);
        expect(said(answer).status).toBe(isGood ? 409 : 422); // the voice has no original
        if (!isGood) expect(answer.body.detail).toMatch(/must be a whole number from (1 to 100|5 to 60)$/);
      }),
      rounds,
    );
  });

  it('of a preferred sample, a page and a sample URL are read as the contract says, or rejected', async () => {
    await fc.assert(
      fc.asyncProperty(strangeNumber, async (given) => {
        const body = new URLSearchParams({ sample_index: given });
        const chosen = await partner.http.put(`${partner.route(voice)}/preferred-sample`, body);
        expect([200, 404, 422]).toContain(chosen.status);
        expect(chosen.status === 200).toBe(given === '' || (whole(given, 1, 1) && given !== ''));
        const query = new URLSearchParams({ limit: given }).toString();
        const listed = await partner.http.fetch(`${partner.route()}?${query}`);
        expect([200, 422]).toContain(listed.status);
        expect((await partner.http.fetch(`${partner.route(voice)}/samples/${encodeURIComponent(given)}`)).status).toBe(
          /^[1]$/.test(given) ? 200 : given === '' ? 405 : 404,
        );
      }),
      rounds,
    );
  });

  it('are rejected if they are given twice or as a list', async () => {
    const route = `${partner.route(voice)}/split`;
    const twice = new URLSearchParams([
      ['max_samples', '5'],
      ['max_samples', '5'],
    ]);
    const form = new FormData();
    form.append('max_samples', '5');
    form.append('max_samples', '5');
    for (const body of [twice, form, { max_samples: [5] }, { max_samples: { $gt: 1 } }, { max_samples: true }]) {
      expect(said(await partner.http.post(route, body)).status).toBe(422);
    }
    for (const query of ['limit=1&limit=2', 'limit[]=1', 'limit[a]=1', 'cursor[]=x', 'api_key=a&api_key=b']) {
      expectNoFault((await partner.http.fetch(`${partner.route()}?${query}`)).status);
    }
  });
});

describe('request bodies', () => {
  const routes = (): readonly (readonly [method: string, path: string])[] => [
    ['POST', partner.route()],
    ['POST', `${partner.route()}/empty`],
    ['PUT', `${partner.route(voice)}/name`],
    ['PUT', `${partner.route(voice)}/preferred-sample`],
    ['POST', `${partner.route(voice)}/split`],
    ['POST', `${partner.route(voice)}/embed`],
    ['POST', `${partner.route(voice)}/samples`],
  ];
  const types = [
    'application/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/plain',
  ];
  const fields = [
    'name',
    'creator_name',
    'creator_email',
    'max_samples',
    'sample_duration',
    ...['min_duration', 'mode', 'select', 'dry_run', 'split_mode', 'split_max_samples'],
    'tts_type',
    'sample_index',
  ];

  it('of any JSON never cause a 5xx', async () => {
    const values = fc.oneof(fc.jsonValue({ maxDepth: 3 }), strangeText, strangeNumber);
    const objects = fc.dictionary(fc.constantFrom(...fields, '__proto__', 'constructor', 'file'), values);
    await fc.assert(
      fc.asyncProperty(fc.oneof(objects, fc.jsonValue()), fc.nat(6), async (value, at) => {
        const [method, path] = routes()[at] ?? [];
        if (path?.endsWith('/name') || path?.endsWith('/embed')) return; // it would rename or lock the target
        const headers = { 'Content-Type': 'application/json' };
        expectNoFault(
          (await partner.http.fetch(path ?? '', { method, headers, body: JSON.stringify(value) } as RequestInit))
            .status,
        );
      }),
      rounds,
    );
  });

  it('of any bytes with any Content-Type never cause a 5xx', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      strangeText.map((each) => Buffer.from(each)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, fc.constantFrom(...types), fc.nat(3), async (body, type, at) => {
        const [method, path] = routes().filter(([, each]) => !/(embed|name|split)$/.test(each))[at] ?? [];
        const init = { method, body: Buffer.from(body), headers: { 'Content-Type': type } } as RequestInit;
        expectNoFault((await partner.http.fetch(path ?? '', init)).status);
      }),
      rounds,
    );
  });

  it.each([
    ['deep nesting', `{"name":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, 422],
    ['a polluted prototype', '{"__proto__":{"name":"polluted"},"constructor":{"prototype":{}}}', 422],
    ['a name that is not text', '{"name":{"toString":"x"}}', 422],
    ['lone surrogates', '{"name":"\\ud800"}', 422],
    ['NUL', '{"name":"a\\u0000b"}', 422],
    ['a byte order mark', '\ufeff{"name":"bom"}', 201],
    ['only spaces', '  ', 422],
    ['a number', '1e400', 400],
    ['an incomplete UTF-8 character', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 400],
  ])('of JSON with %s', async (_what, body, status) => {
    const headers = { 'Content-Type': 'application/json' };
    const answer = await partner.http.fetch(`${partner.route()}/empty`, { method: 'POST', headers, body });
    expect(answer.status).toBe(status);
  });

  it.each([
    ['no name', '--x\r\nContent-Disposition: form-data\r\n\r\nv\r\n--x--\r\n'],
    ['brackets in a name', '--x\r\nContent-Disposition: form-data; name="name[__proto__][a]"\r\n\r\nv\r\n--x--\r\n'],
    ['no closing boundary', '--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nv'],
    ['another boundary', '--y\r\nContent-Disposition: form-data; name="name"\r\n\r\nv\r\n--y--\r\n'],
    ['only a closing boundary', '--x--\r\n'],
    ['endless part headers', `--x\r\n${'A: b\r\n'.repeat(5_000)}\r\nv\r\n--x--\r\n`],
    ['two files', `${filePart('file')}${filePart('file')}--x--\r\n`],
    ['a file in an unknown field', `${filePart('other')}--x--\r\n`],
    ['a file for a route that takes none', `${filePart('file')}--x--\r\n`],
    ['a thousand fields', `${'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nv\r\n'.repeat(1_000)}--x--\r\n`],
  ])('of multipart with %s are rejected', async (_what, body) => {
    for (const [method, path] of routes().filter(([, each]) => !/(embed|split)$/.test(each))) {
      const headers = { 'Content-Type': 'multipart/form-data; boundary=x' };
      const answer = await partner.http.fetch(path, { method, headers, body });
      expect([path, answer.status >= 400 && answer.status < 500]).toEqual([path, true]);
    }
  });
});

describe('request headers', () => {
  const route = (): string => `/api${partner.route(voice)}`;

  it.each([
    ['Range', 'bytes=0-0,1-1'],
    ['Range', 'bytes=9-1'],
    ['Range', `bytes=${'9'.repeat(400)}-`],
    ['Range', 'lines=1-2'],
    ['If-None-Match', '"'.repeat(50)],
    ['If-Range', '%00'],
    ['Accept', 'text/nothing'],
    ['X-Request-Id', 'a b'],
    ['Expect', 'the-unexpected'],
    ['Cookie', 'x'.repeat(10_000)],
  ])('never cause a 5xx: %s: %.40s', async (name, value) => {
    expectNoFault(await rawStatus(`${route()}/samples/1`, { [name]: value }));
  });

  it('are answered 431 if they are too large', async () => {
    expect(await rawStatus(route(), { 'X-Large': 'x'.repeat(100_000) })).toBe(431);
    expect(await rawStatus(`${route()}?${'x'.repeat(100_000)}`)).toBe(431);
    expect(await rawStatus(route(), { 'X-Large': 'x'.repeat(3_000_000) })).toBe(431);
  });

  it.each([
    ['Transfer-Encoding', 'identity'],
    ['Content-Length', '-1'],
    ['Content-Length', '1e3'],
    ['Connection', 'Upgrade\r\nUpgrade: nothing\r\nContent-Length: x'],
  ])('are answered 400 if they are invalid HTTP: %s: %j', async (name, value) => {
    const { hostname, port } = new URL(contract.stack.baseUrl);
    const socket = connect(Number(port), hostname);
    socket.write(`GET ${route()} HTTP/1.1\r\nHost: x\r\nX-Api-Key: ${partner.key}\r\n${name}: ${value}\r\n\r\n`);
    const answer = await text(socket);
    expect(answer).toMatch(/^HTTP\/1.1 400 Bad Request\r\n/);
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toEqual({ detail: 'The request is no valid HTTP' });
  });

  it('set the request id only if X-Request-Id is safe', async () => {
    const sent = async (id: string): Promise<string | null> =>
      (await partner.http.get(partner.route(voice), { 'X-Request-Id': id })).headers.get('x-request-id');
    expect(await sent('Trace-1.2_3')).toBe('Trace-1.2_3');
    for (const id of ['a b', 'x'.repeat(129), 'a"b', 'ü']) expect(await sent(id)).toMatch(/^[0-9a-f-]{36}$/);
  });
});

function filePart(name: string): string {
  return `--x\r\nContent-Disposition: form-data; name="${name}"; filename="../../etc/passwd"\r\n\r\nno audio\r\n`;
}

function formOf(fields: Readonly<Record<string, string>>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return form;
}

/** Sends a request that fetch would refuse to send, and checks that an error has a `detail`. @returns the status */
async function rawStatus(path: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  const { hostname, port } = new URL(contract.stack.baseUrl);
  const options = { hostname, port, path, headers: { 'X-Api-Key': partner.key, ...headers }, agent: false };
  return new Promise((resolve, reject) => {
    request(options, (response) => {
      const status = response.statusCode ?? 0;
      void text(response).then((body) => {
        if (status >= 400) expect(typeof (JSON.parse(body) as Failure).detail).toBe('string');
        resolve(status);
      }, reject);
    })
      .on('error', reject)
      .end();
  });
}
