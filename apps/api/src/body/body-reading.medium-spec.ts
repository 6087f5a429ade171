import { createHash, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { startBodyServer, type BodyServer, type Echo } from '../../test/body-server.js';

const mebibyte = 1024 ** 2;
let server: BodyServer;

beforeAll(async () => {
  server = await startBodyServer({ MAX_SAMPLE_BYTES: String(mebibyte) });
});
afterAll(() => server.stop());

const post = (route: string, init: RequestInit): Promise<Response> =>
  fetch(`http://127.0.0.1:${server.port}/api/${route}`, { method: 'POST', ...init });

async function echo(route: string, init: RequestInit): Promise<Echo> {
  const response = await post(route, init);
  expect(response.status).toBe(200);
  return (await response.json()) as Echo;
}

/** Sends headers as they are, and a body of chunks (none where the headers say its length). */
async function sendRaw(route: string, headers: readonly string[], chunks: string): Promise<string> {
  const socket = connect(server.port, '127.0.0.1');
  const isChunked = headers.some((header) => header.endsWith('chunked'));
  const head = [`POST /api/${route} HTTP/1.1`, 'Host: x', 'Connection: close', ...headers].join('\r\n');
  socket.write(`${head}\r\n\r\n${chunks}${isChunked ? '0\r\n\r\n' : ''}`);
  return text(socket);
}

const formType = { 'Content-Type': 'multipart/form-data; boundary=B' };
const part = (headers: string, body: string): string =>
  `--B\r\nContent-Disposition: form-data; ${headers}\r\n\r\n${body}\r\n`;

describe('the body of a request', () => {
  it('has the same meaning in all three forms', async () => {
    const fields = { name: 'Ünï & co=日本', creator_name: 'a+b c%' };
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    const bodies = [form, new URLSearchParams(fields), JSON.stringify(fields)];
    for (const body of bodies) {
      const headers: Record<string, string> =
        typeof body === 'string' ? { 'Content-Type': 'application/json; charset=utf-8' } : {};
      expect((await echo('fields', { body, headers })).fields).toEqual(fields);
    }
  });

  it('may be missing', async () => {
    expect(await echo('fields', {})).toEqual({ fields: {}, file: null });
  });

  it.each([undefined, 'text/plain', 'application/json', 'multipart/form-data', 'multipart/form-data; boundary=B'])(
    'may be empty and chunked, with Content-Type %s',
    async (type) => {
      for (const route of ['fields', 'files']) {
        for (const length of ['Transfer-Encoding: chunked', 'Content-Length: 0']) {
          const answer = await sendRaw(route, [length, ...(type === undefined ? [] : [`Content-Type: ${type}`])], '');
          expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\{"fields":\{\},"file":null\}/);
        }
      }
    },
  );

  it('needs a Content-Type if it is chunked and not empty', async () => {
    const detail = 'Content-Type must be one of ';
    for (const headers of [
      ['Transfer-Encoding: chunked'],
      ['Transfer-Encoding: chunked', 'Content-Type: text/plain'],
    ]) {
      const answer = await sendRaw('fields', headers, '1\r\nx\r\n');
      expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 422 Unprocessable Entity\\r\\n[^]*\\{"detail":"${detail}`));
    }
  });

  it('is read in each form if it is chunked', async () => {
    for (const [type, body] of [
      ['application/json', '{"name":"n"}'],
      ['application/x-www-form-urlencoded', 'name=n'],
      ['multipart/form-data; boundary=B', `${part('name="name"', 'n')}--B--\r\n`],
    ] as const) {
      const chunk = `${body.length.toString(16)}\r\n${body}\r\n`;
      const answer = await sendRaw('fields', ['Transfer-Encoding: chunked', `Content-Type: ${type}`], chunk);
      expect(answer).toContain('{"fields":{"name":"n"},"file":null}');
    }
  });

  it.each([
    ['application/json', '{"name":'],
    ['application/json', '[1]'],
    ['application/json', '"text"'],
    ['application/json', Buffer.from([0x22, 0xff, 0x22])],
    ['application/x-www-form-urlencoded', 'name=%zz'],
    ['application/x-www-form-urlencoded', 'name=%ff'],
    ['multipart/form-data', 'x'],
    ['multipart/form-data; boundary=B', `${part('name="a"', 'b')}--B`],
    ['multipart/form-data; boundary=B', part('name="file"; filename="a.wav"', 'cut off')],
    ['multipart/form-data; boundary=B', '--B\r\nNo colon\r\n\r\nx\r\n--B--\r\n'],
  ])('is answered 400 if it is malformed: %s %p', async (type, body) => {
    const response = await post('files', { headers: { 'Content-Type': type }, body });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ detail: expect.any(String) });
    expect(await server.received()).toEqual([]);
  });

  it('is answered 422 if its Content-Type is not accepted', async () => {
    const response = await post('fields', { headers: { 'Content-Type': 'text/xml' }, body: '<name/>' });
    expect(response.status).toBe(422);
  });

  it.each([
    ['application/json', JSON.stringify({ name: 'x'.repeat(70_000) })],
    ['application/x-www-form-urlencoded', `name=${'x'.repeat(70_000)}`],
    ['multipart/form-data; boundary=B', `${part('name="a"', 'x'.repeat(70_000))}--B--\r\n`],
    ['multipart/form-data; boundary=B', `${part('name="a"', 'x').repeat(130)}--B--\r\n`],
    ['multipart/form-data; boundary=B', `${part(`name="${'n'.repeat(300)}"`, 'x')}--B--\r\n`],
  ])('is answered 413 if it is too large: %s', async (type, body) => {
    const response = await post('fields', { headers: { 'Content-Type': type }, body });
    expect(response.status).toBe(413);
  });

  it('may contain any field name, such as __proto__', async () => {
    const headers = { 'Content-Type': 'application/json' };
    const body = '{"__proto__":{"polluted":1},"constructor":"c","toString":"t","nested":{"a":[1]}}';
    const { fields } = await echo('fields', { headers, body });
    expect(fields).toMatchObject({ constructor: 'c', toString: 't', nested: 'Symbol(nested)' });
    const multipart = `${part('name="__proto__[polluted]"', '1')}${part('name="a[b][c]"', '1')}--B--\r\n`;
    await echo('fields', { headers: formType, body: multipart });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('never causes a 500, whatever its bytes', async () => {
    const types = ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=B'];
    const pieces = fc.array(
      fc.constantFrom(
        '--B',
        '\r\n',
        'name="max_samples"',
        'Content-Disposition: form-data; ',
        '=',
        '&',
        '%',
        '{',
        '}',
        '"',
        '\0',
        '1e3',
        '\ud800',
        'max_samples',
        '[0]',
        '--',
      ),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...types),
        fc.oneof(
          pieces.map((all) => all.join('')),
          fc.string(),
        ),
        async (type, body) => {
          const response = await post('checked', { headers: { 'Content-Type': type }, body });
          expect([200, 400, 413, 422]).toContain(response.status);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('the file of a body', () => {
  const withFile = (bytes: Buffer, name: string, fieldName = 'file'): FormData => {
    const form = new FormData();
    form.set(fieldName, new Blob([new Uint8Array(bytes)]), name);
    return form;
  };

  it('is received byte for byte, with its name in UTF-8, and removed after the answer', async () => {
    const bytes = randomBytes(mebibyte);
    const { file } = await echo('files', { body: withFile(bytes, 'Aufnahme-ü 日本.wav') });
    expect(file).toEqual({
      bytes: mebibyte,
      clientName: 'Aufnahme-ü 日本.wav',
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
    expect(await server.received()).toEqual([]);
  });

  it('is answered 413 and removed if it exceeds its limit by one byte', async () => {
    const response = await post('files', { body: withFile(randomBytes(mebibyte + 1), 'a.wav') });
    expect(response.status).toBe(413);
    expect(await response.json()).toEqual({ detail: 'file may have at most 1 MiB' });
    expect(await server.received()).toEqual([]);
  });

  it('is limited too if the route does not take it', async () => {
    const endless = withFile(Buffer.alloc(10 * mebibyte), 'a.wav', 'other');
    const response = await post('fields', { body: endless });
    expect(response.status).toBe(413);
    expect(await response.json()).toEqual({ detail: 'The body may have at most 8 MiB' });
  });

  it('is answered 422 and removed if it is given twice', async () => {
    const form = withFile(randomBytes(1000), 'a.wav');
    form.append('file', new Blob(['b']), 'b.wav');
    const response = await post('files', { body: form });
    expect(response.status).toBe(422);
    expect(await server.received()).toEqual([]);
  });

  it('counts as missing if the file input was empty', async () => {
    const body = `${part('name="file"; filename=""\r\nContent-Type: application/octet-stream', '')}--B--\r\n`;
    expect((await echo('files', { headers: formType, body })).file).toBeNull();
  });
});
