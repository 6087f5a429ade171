import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Contract } from '../../support/openapi-client.js';
import type { TestPartner } from '../../support/shared-stack.js';
import { bytesOf, details, settled, type Details } from '../../support/voices.js';
import { ask } from './asking.js';
import { instantContract } from './emulated.js';
import { emptyVoice, said, toneVoice, voiceOfSamples, type Failure } from './made-voices.js';
import { toneForm, toneWav } from './tone.js';

/* The API accepts a mistaken input or rejects it with a hint. It never ignores such an input and returns 2xx. */
let contract: Contract;
let partner: TestPartner;

beforeAll(async () => {
  ({ contract, partner } = await instantContract());
  await Promise.all([toneVoice(partner, 'split'), voiceOfSamples(partner, 'sampled', 1), emptyVoice(partner, 'empty')]);
});

/** Builds a multipart body from the headers and the contents of each part. */
function handWritten(...parts: readonly (readonly [string, string | Buffer])[]): RequestInit {
  const pieces = parts.flatMap(([headers, contents]) => [
    Buffer.from(`--x\r\n${headers}\r\n\r\n`),
    Buffer.from(contents),
    Buffer.from('\r\n'),
  ]);
  const headers = { 'Content-Type': 'multipart/form-data; boundary=x' };
  return { headers, body: Buffer.concat([...pieces, Buffer.from('--x--\r\n')]) };
}

const disposition = (parameters: string): string => `Content-Disposition: form-data; ${parameters}`;

async function names(): Promise<string[]> {
  return (await partner.http.get<{ name: string }[]>(partner.route())).body.map(({ name }) => name);
}

describe('a recording in a multipart body', () => {
  it.each([
    ['without a filename', `${disposition('name="file"')}\r\nContent-Type: application/octet-stream`, 'recording'],
    ['without a filename and a type', disposition('name="file"'), 'recording'],
    [
      'with unescaped quotes in its filename',
      disposition('name="file"; filename="my "best" take.wav"'),
      'my "best" take.wav',
    ],
    ['with an extended filename', disposition(`name="file"; filename*=UTF-8''Zo%C3%AB.wav`), 'Zoë.wav'],
  ])('%s creates a voice', async (name, headers, uploadedName) => {
    const init = handWritten([disposition('name="name"'), name], [headers, toneWav(16)]);
    expect(said(await ask(partner.http, 'POST', partner.route(), init)).status).toBe(201);
    const voice = await settled(partner, name);
    expect(voice).toMatchObject({
      original_uploaded_name: uploadedName,
      original_duration: 16,
      samples: [{ index: 1, duration: 15 }],
    });
  });

  it('without a filename creates a sample', async () => {
    await emptyVoice(partner, 'untitled sample');
    const route = `${partner.route('untitled sample')}/samples`;
    const init = handWritten([`${disposition('name="file"')}\r\nContent-Type: audio/wav`, toneWav(2)]);
    expect(await ask(partner.http, 'POST', route, init)).toMatchObject({
      status: 201,
      body: { index: 1, duration: 2 },
    });
    expect((await bytesOf(partner, `${route}/1`)).toString('latin1', 0, 4)).toBe('OggS');
  });

  it.each(['files', 'file[]', 'audio', 'voice_file'])(
    'in the field %s is answered 422 and creates nothing',
    async (field) => {
      const form = new FormData();
      form.set('name', `in ${field}`);
      form.set(field, new Blob([toneWav(2)]), 'a.wav');
      const detail = `The recording must be sent in the field "file" (received "${field}")`;
      for (const route of [partner.route(), `${partner.route('empty')}/samples`]) {
        const answer = await partner.http.post<Failure>(route, form);
        expect([answer.status, answer.body]).toEqual([422, { detail, errors: [{ field: 'file', message: detail }] }]);
      }
      expect(await names()).not.toContain(`in ${field}`);
      expect((await details(partner, 'empty')).samples).toEqual([]);
    },
  );

  it('is answered 422 and creates nothing if the route takes no file', async () => {
    const answer = await partner.http.post(`${partner.route()}/empty`, toneForm(2, { name: 'with file' }));
    expect(said(answer)).toEqual({ status: 422, detail: 'This route takes no file (received "file")' });
    expect(await names()).not.toContain('with file');
  });

  it('in a malformed part is answered 400 and creates nothing', async () => {
    for (const headers of ['Content-Type: audio/wav', disposition('name="file; filename=a.wav')]) {
      const init = handWritten([disposition('name="name"'), 'unreadable'], [headers, toneWav(2)]);
      expect(said(await ask(partner.http, 'POST', partner.route(), init))).toEqual({
        status: 400,
        detail: expect.stringMatching(/^A part of the multipart body cannot be read: /),
      });
    }
    expect(await names()).not.toContain('unreadable');
  });
});

describe('unknown fields', () => {
  const mistyped = (): readonly (readonly [method: string, route: string, typed: string, meant: string])[] => [
    ['POST', partner.route(), 'creator_emial', 'creator_email'],
    ['POST', partner.route(), 'Name', 'name'],
    ['POST', `${partner.route()}/empty`, 'creatorName', 'creator_name'],
    ['PUT', `${partner.route('empty')}/name`, 'nmae', 'name'],
    ['PUT', `${partner.route('sampled')}/preferred-sample`, 'sampleIndex', 'sample_index'],
    ['POST', `${partner.route('split')}/split`, 'max_sample', 'max_samples'],
    ['POST', `${partner.route('split')}/split`, 'sample-duration', 'sample_duration'],
    ['POST', `${partner.route('sampled')}/embed`, 'ttstype', 'tts_type'],
    ['POST', `${partner.route('empty')}/samples`, 'files', 'file'],
    ['POST', `/admin/partners/${partner.name}/keys`, 'expire_at', 'expires_at'],
  ];

  it('with mistyped names are answered 422 in every body format and change nothing', async () => {
    const before = await details(partner, 'split');
    for (const [method, route, typed, meant] of mistyped()) {
      const client = route.startsWith('/admin') ? contract.admin : partner.http;
      const form = new FormData();
      form.set(typed, '3');
      const json = { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ [typed]: '3' }) };
      for (const init of [{ body: form }, { body: new URLSearchParams({ [typed]: '3' }) }, json]) {
        const answer = await ask(client, method, route, init);
        const message = `Unknown field "${typed}". Did you mean "${meant}"?`;
        expect([route, answer.status, answer.body]).toEqual([
          route,
          422,
          { detail: message, errors: [{ field: typed, message }] },
        ]);
      }
    }
    expect(await details(partner, 'split')).toMatchObject({ status: before.status, samples: before.samples });
  });

  it('with mistyped names are answered 422 in the query of routes that read it', async () => {
    const queries: readonly (readonly [method: string, route: string, typed: string, meant: string])[] = [
      ['GET', partner.route(), 'limits', 'limit'],
      ['GET', partner.route(), 'Cursor', 'cursor'],
      ['POST', `${partner.route('split')}/split`, 'max_sample', 'max_samples'],
      ['POST', `${partner.route('sampled')}/embed`, 'ttsType', 'tts_type'],
      ['GET', `${partner.route('sampled')}/test-samples`, 'tts-type', 'tts_type'],
      ['GET', '/admin/jobs', 'State', 'state'],
      ['GET', '/admin/audit', 'partners', 'partner'],
    ];
    for (const [method, route, typed, meant] of queries) {
      const client = route.startsWith('/admin') ? contract.admin : partner.http;
      const answer = await ask(client, method, `${route}?${typed}=3`);
      expect([route, said(answer)]).toEqual([
        route,
        { status: 422, detail: `Unknown field "${typed}". Did you mean "${meant}"?` },
      ]);
    }
  });

  it('with other names are ignored', async () => {
    const fields = { name: 'tagged', title: 'x', comment: 'y', game: 'z', max_samples: 3, api_key: 'k' };
    expect((await partner.http.post(`${partner.route()}/empty`, fields)).status).toBe(201);
    expect((await partner.http.fetch(`${partner.route()}?api_key=${partner.key}&other=1`)).status).toBe(200);
  });
});

describe('the parameters of POST split', () => {
  const split = async (query: string, body?: URLSearchParams): Promise<number[]> => {
    expect(said(await partner.http.post<Details>(`${partner.route('split')}/split${query}`, body)).status).toBe(202);
    return (await settled(partner, 'split')).samples.map(({ duration }) => duration);
  };

  it('are read from the query and the body, and the body takes precedence', async () => {
    expect(await split('?max_samples=2&sample_duration=5')).toEqual([5, 5]);
    expect(await split('?max_samples=2&sample_duration=5', new URLSearchParams({ max_samples: '3' }))).toEqual([
      5, 5, 5,
    ]);
    expect(await split('?sample_duration=6', new URLSearchParams({ sample_duration: '7' }))).toEqual([7, 7, 7, 7]);
    expect(said(await partner.http.post(`${partner.route('split')}/split?max_samples=0`))).toEqual({
      status: 422,
      detail: 'max_samples must be a whole number from 1 to 100',
    });
  });
});

describe('mistakes of a first-time user', () => {
  it('a missing name: the answer says that it is required', async () => {
    const errors = [{ field: 'name', message: 'name is required' }];
    for (const [client, method, route] of [
      [partner.http, 'POST', partner.route()],
      [partner.http, 'POST', `${partner.route()}/empty`],
      [partner.http, 'PUT', `${partner.route('empty')}/name`],
      [contract.admin, 'POST', `/admin/partners/${partner.name}/keys`],
    ] as const) {
      for (const init of [{}, { body: new URLSearchParams({ name: '' }) }]) {
        const answer = await ask(client, method, route, init);
        expect([answer.status, answer.body]).toEqual([422, { detail: 'name is required', errors }]);
      }
    }
  });

  it('an invalid email address: the answer shows a valid one', async () => {
    const answer = await partner.http.post(partner.route(), { name: 'mail', creator_email: 'john' });
    const detail = 'creator_email must be an email address, like john@example.com';
    expect(said(answer)).toEqual({ status: 422, detail });
    expect((await partner.http.post(partner.route(), { name: 'mail', creator_email: '' })).status).toBe(422);
  });

  it('an unreadable body: the answer says why', async () => {
    const post = (headers: Record<string, string>, body: string | Buffer): Promise<unknown> =>
      ask(partner.http, 'POST', partner.route(), { headers, body }).then(said);
    expect(await post({ 'Content-Type': 'multipart/form-data' }, 'x')).toEqual({
      status: 400,
      detail: 'The Content-Type multipart/form-data has no boundary: let the HTTP client set this header',
    });
    expect(await post({ 'Content-Type': 'text/plain' }, 'name=x')).toEqual({
      status: 422,
      detail: 'Content-Type must be one of multipart/form-data, application/x-www-form-urlencoded, application/json',
    });
    const latin1 = handWritten([disposition('name="name"'), Buffer.from('Zo\xeb', 'latin1')]);
    expect(said(await ask(partner.http, 'POST', partner.route(), latin1))).toEqual({
      status: 400,
      detail: 'The field "name" is no valid UTF-8',
    });
  });

  it('an empty chunked body: POST embed accepts it', async () => {
    const body = new ReadableStream({ start: (controller) => controller.close() });
    const init = { body, duplex: 'half' } as RequestInit;
    expect(said(await ask(partner.http, 'POST', `${partner.route('sampled')}/embed`, init)).status).toBe(202);
    expect((await settled(partner, 'sampled')).status.embedding).toBe('completed');
  });

  it('a guessed address: /api and /docs redirect to the documentation', async () => {
    const origin = contract.stack.baseUrl.replace(/\/api$/, '');
    for (const path of ['/api', '/api/', '/docs']) {
      const answer = await fetch(origin + path, { redirect: 'manual' });
      expect([path, answer.status, answer.headers.get('location')]).toEqual([path, 302, '/api/docs']);
      const page = await fetch(origin + path);
      expect([path, page.status, await page.text()]).toEqual([path, 200, expect.stringContaining('Timbre API')]);
      const other = await fetch(origin + path, { method: 'POST' });
      expect([path, other.status, other.headers.get('allow')]).toEqual([path, 405, 'GET, HEAD']);
    }
  });
});
