import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { startBodyServer, type BodyServer, type Echo } from '../../test/body-server.js';

const mebibyte = 1024 ** 2;
const boundary = '----FormBoundary7MA4YWxk';
let server: BodyServer;

beforeAll(async () => {
  server = await startBodyServer({ MAX_SAMPLE_BYTES: String(mebibyte) });
});
afterAll(() => server.stop());

/** Bytes that hold all that could be taken for a part of the framing. */
const recording = Buffer.concat([
  Buffer.from('RIFF\r\n--\r\n----FormBoundary\r\r\n\r\n--\r'),
  randomBytes(70_000),
  Buffer.from('\r\n------FormBoundary7MA4YWx'),
]);
const sha256 = createHash('sha256').update(recording).digest('hex');

interface Sent {
  readonly status: number;
  readonly answer: Partial<Echo> & { readonly detail?: string; readonly errors?: readonly object[] };
}

/** Sends parts, each of headers and contents, in pieces of a size. */
async function send(route: string, parts: readonly (readonly [string, string | Buffer])[], piece = 1e9): Promise<Sent> {
  const written = parts.flatMap(([headers, content]) => [
    Buffer.from(`--${boundary}\r\n${headers}\r\n\r\n`, 'latin1'),
    Buffer.from(content),
    Buffer.from('\r\n'),
  ]);
  return sendBody(route, Buffer.concat([...written, Buffer.from(`--${boundary}--\r\n`)]), piece);
}

async function sendBody(route: string, body: Buffer, piece = 1e9, type?: string): Promise<Sent> {
  const pieces = Array.from({ length: Math.ceil(body.length / piece) }, (_, at) =>
    body.subarray(at * piece, (at + 1) * piece),
  );
  const response = await fetch(`http://127.0.0.1:${server.port}/api/${route}`, {
    method: 'POST',
    headers: { 'Content-Type': type ?? `multipart/form-data; boundary=${boundary}` },
    body: piece < 1e9 ? Readable.toWeb(Readable.from(pieces)) : new Uint8Array(body),
    duplex: 'half',
  } as unknown as RequestInit);
  expect(await server.received()).toEqual([]);
  return { status: response.status, answer: (await response.json()) as Sent['answer'] };
}

const disposition = (parameters: string): string => `Content-Disposition: form-data; ${parameters}`;
const octets = 'Content-Type: application/octet-stream';
const nameField = [disposition('name="name"'), 'a voice'] as const;

describe('the recording in a multipart body', () => {
  it.each([
    ['without a file name', `${disposition('name="file"')}\r\n${octets}`, ''],
    ['without a file name and type', disposition('name="file"'), ''],
    ['without a file name, as text', `${disposition('name=file')}\r\nContent-Type: text/plain`, ''],
    ['with an empty file name', `${disposition('name="file"; filename=""')}\r\n${octets}`, ''],
    ['with quotes in its name', disposition('name="file"; filename="my "best" take.wav"'), 'my "best" take.wav'],
    ['with escaped quotes', disposition('name="file"; filename="my \\"best\\" take.wav"'), 'my "best" take.wav'],
    ['with a semicolon in its name', disposition('name="file"; filename="a; b.wav"'), 'a; b.wav'],
    ['with a path of Windows', disposition('filename="C:\\takes\\a.wav"; name="file"'), 'C:\\takes\\a.wav'],
    ['with nothing but a folder', disposition('name="file"; filename="takes/"'), 'takes/'],
    ['with an extended name', disposition(`name="file"; filename*=UTF-8''Zo%C3%AB.wav`), 'Zoë.wav'],
    ['with headers of no interest', `X-Note: "\r\n${disposition('name="file"; filename="a"')}\r\nContent-ID: 5`, 'a'],
    ['in binary', `${disposition('name="file"; filename="a"')}\r\nContent-Transfer-Encoding: BINARY`, 'a'],
  ])('is received byte for byte: %s', async (_what, headers, clientName) => {
    for (const piece of [1e9, 7, 1_021]) {
      const bytes = piece === 7 ? recording.subarray(0, 2_000) : recording;
      const sent = await send('files', [nameField, [headers, bytes]], piece);
      expect(sent).toEqual({
        status: 200,
        answer: {
          fields: { name: 'a voice' },
          file: {
            bytes: bytes.length,
            clientName,
            sha256: bytes === recording ? sha256 : createHash('sha256').update(bytes).digest('hex'),
          },
        },
      });
    }
  });

  it('is found between a preamble and an epilogue, and with blanks after the boundary', async () => {
    const body = `preamble\r\n--${boundary} \t\r\n${disposition('name="file"')}\r\n\r\nRIFF\0\r\n--${boundary}--epilogue`;
    expect((await sendBody('files', Buffer.from(body))).answer.file?.bytes).toBe(5);
  });

  it('is found with any boundary', async () => {
    for (const [written, meant] of [
      ['"a b:c"', 'a b:c'],
      ["'()+_,-./:=?", "'()+_,-./:=?"],
      ['x; charset=utf-8', 'x'],
    ] as const) {
      const body = `--${meant}\r\n${disposition('name="file"')}\r\n\r\nRIFF\0\r\n--${meant}--\r\n`;
      const sent = await sendBody('files', Buffer.from(body), 1e9, `multipart/form-data; boundary=${written}`);
      expect([written, sent.answer.file?.bytes]).toEqual([written, 5]);
    }
  });

  it.each([
    ['no Content-Disposition', octets],
    ['a disposition of another kind', 'Content-Disposition: attachment; filename="a.wav"'],
    ['no name', disposition('filename="a.wav"')],
    ['two names', disposition('name="file"; name="other"; filename="a.wav"')],
    ['two dispositions', `${disposition('name="file"')}\r\n${disposition('name="other"')}`],
    ['a quote that is not closed', disposition('name="file; filename=a.wav')],
    ['a parameter without a value', disposition('name="file"; filename')],
    ['a file name that is not UTF-8', disposition('name="file"; filename="Zo\xeb.wav"')],
    ['a name that is not UTF-8', disposition('name="fil\xe9"; filename="a.wav"')],
    ['an encoding nobody uses', `${disposition('name="file"; filename="a.wav"')}\r\nContent-Transfer-Encoding: base64`],
    ['no colon', 'Content-Disposition form-data'],
    ['too much', `${disposition('name="file"')}\r\nX-Large: ${'x'.repeat(17_000)}`],
  ])('is answered 400 if its part has %s', async (_what, headers) => {
    for (const route of ['files', 'fields']) {
      const { status, answer } = await send(route, [nameField, [headers, recording]]);
      expect([status, answer]).toEqual([
        400,
        { detail: expect.stringMatching(/^A part of the multipart body cannot be read: /) },
      ]);
    }
  });

  it('is answered 400 if lines end with LF alone or the boundary is longer', async () => {
    for (const body of [
      `--${boundary}\n${disposition('name="file"')}\n\nRIFF\n--${boundary}--\n`,
      `--${boundary}x\r\n${disposition('name="file"')}\r\n\r\nRIFF\r\n--${boundary}--\r\n`,
      `--${boundary}\r\n\r\nRIFF\r\n--${boundary}--\r\n`,
      `--${boundary}\r\n${disposition('name="file"')}\r\n\r\nRIFF\r\n--${boundary}`,
      `--${boundary}\r\n${disposition('name="file"')}`,
    ]) {
      expect((await sendBody('files', Buffer.from(body))).status).toBe(400);
    }
  });

  it.each(['files', 'file[]', 'audio', 'voice_file', 'Zoë'])('is answered 422 in the field %s', async (field) => {
    const detail = `The recording must be sent in the field "file" (received "${field}")`;
    const headers = Buffer.from(disposition(`name="${field}"; filename="a.wav"`)).toString('latin1');
    expect(await send('files', [nameField, [headers, recording]])).toEqual({
      status: 422,
      answer: { detail, errors: [{ field: 'file', message: detail }] },
    });
    const untitled = Buffer.from(`${disposition(`name="${field}"`)}\r\nContent-Type: audio/wav`).toString('latin1');
    expect((await send('files', [[untitled, recording], nameField])).answer.detail).toBe(detail);
  });

  it('is taken from the field "file" if another field has one too, unless that name is mistyped', async () => {
    const file = [disposition('name="file"; filename="a.wav"'), recording] as const;
    const other = (name: string): readonly [string, Buffer] => [disposition(`name="${name}"; filename="b"`), recording];
    for (const parts of [
      [file, other('cover')],
      [other('cover'), file],
    ]) {
      expect((await send('files', parts)).answer.file?.sha256).toBe(sha256);
    }
    expect(await send('files', [file, other('files')])).toMatchObject({
      status: 422,
      answer: { detail: 'Unknown field "files". Did you mean "file"?' },
    });
  });

  it('is answered 422 if it is given twice; an empty file input does not count', async () => {
    const file = [disposition('name="file"; filename="a.wav"'), recording] as const;
    const untitled = [disposition('name="file"'), recording] as const;
    const blank = [`${disposition('name="file"; filename=""')}\r\n${octets}`, ''] as const;
    for (const parts of [
      [file, file],
      [file, untitled],
      [untitled, untitled],
    ]) {
      expect((await send('files', parts)).answer.detail).toBe('file must be given once');
    }
    for (const parts of [
      [blank, file],
      [untitled, blank],
    ]) {
      expect((await send('files', parts)).answer.file?.sha256).toBe(sha256);
    }
    expect((await send('files', [blank])).answer.file).toBeNull();
    expect((await send('files', [[disposition('name="audio"; filename=""'), '']])).answer.file).toBeNull();
  });

  it('is answered 422 if the route takes none', async () => {
    const detail = 'This route takes no file (received "file")';
    expect(await send('fields', [nameField, [disposition('name="file"; filename="a.wav"'), recording]])).toEqual({
      status: 422,
      answer: { detail, errors: [{ field: 'file', message: detail }] },
    });
    expect((await send('fields', [nameField, [disposition('name="file"; filename=""'), '']])).status).toBe(200);
    const two = ['audio', 'file'].map((name) => [disposition(`name="${name}"; filename="a.wav"`), recording] as const);
    expect((await send('fields', two)).answer.detail).toBe('This route takes no file (received "audio")');
  });

  it('is answered 422 if its path was sent instead', async () => {
    const sent = await send('files', [[disposition('name="file"'), 'recordings/a.wav']]);
    expect([sent.status, sent.answer.detail]).toEqual([422, 'file must be a file part of a multipart/form-data body']);
  });
});

describe('a field of a multipart body', () => {
  it.each(['', '\r\nContent-Type: text/plain', '\r\nContent-Type: text/plain; charset=utf-8'])(
    'is answered 400 if it is not UTF-8, as in the other forms%j',
    async (type) => {
      const latin1 = Buffer.from('Zo\xeb', 'latin1');
      const { status, answer } = await send('fields', [[disposition('name="name"') + type, latin1]]);
      expect([status, answer]).toEqual([400, { detail: 'The field "name" is no valid UTF-8' }]);
      const cut = Buffer.from('Zoë').subarray(0, 3);
      expect((await send('fields', [[disposition('name="name"') + type, cut]])).status).toBe(400);
    },
  );

  it('is read in its own charset', async () => {
    const headers = `${disposition('name="name"')}\r\nContent-Type: text/plain; charset=ISO-8859-1`;
    expect((await send('fields', [[headers, Buffer.from('Zo\xeb', 'latin1')]])).answer.fields).toEqual({ name: 'Zoë' });
    const unknown = `${disposition('name="name"')}\r\nContent-Type: text/plain; charset=klingon`;
    expect((await send('fields', [[unknown, 'x']])).status).toBe(400);
  });

  it('keeps its characters, however the body is cut into chunks', async () => {
    for (const piece of [1, 2, 3, 1e9]) {
      const sent = await send('fields', [[disposition('name="%22n%22"'), 'Zoë 日本 🎙']], piece);
      expect(sent.answer.fields).toEqual({ '"n"': 'Zoë 日本 🎙' });
    }
  });

  it('arrives as it was sent, however the body is cut into chunks', async () => {
    const value = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((text) => !/\p{Cs}/u.test(text));
    await fc.assert(
      fc.asyncProperty(fc.array(value, { maxLength: 5 }), fc.integer({ min: 1, max: 40 }), async (values, piece) => {
        const parts = values.map((text, at) => [disposition(`name="field ${at}"`), text] as const);
        const { answer } = await send('fields', parts, piece);
        expect(answer.fields).toEqual(Object.fromEntries(values.map((text, at) => [`field ${at}`, text])));
      }),
      { numRuns: 40 },
    );
  });
});

describe('a multipart body', () => {
  it('may have parts that end with their headers', async () => {
    const bare = `--${boundary}\r\n${disposition('name="creator_name"')}\r\n\r\n`;
    const body = `${bare}--${boundary}\r\n${disposition('name="name"')}\r\n\r\nn\r\n--${boundary}--`;
    for (const piece of [1, 1e9]) {
      expect((await sendBody('fields', Buffer.from(body), piece)).answer.fields).toEqual({
        creator_name: '',
        name: 'n',
      });
    }
  });

  it('may have a field with an empty name, which is ignored, but no such file', async () => {
    for (const piece of [1, 1e9]) {
      const unnamed = [disposition('name=""'), 'lost'] as const;
      expect((await send('fields', [unnamed, nameField], piece)).answer.fields).toEqual({ name: 'a voice' });
      const file = [`${disposition('name=""; filename="a.wav"')}\r\n${octets}`, 'RIFF'] as const;
      expect((await send('fields', [nameField, file], piece)).status).toBe(422);
    }
  });

  it('is rejected with a hint if it has no boundary', async () => {
    for (const type of ['multipart/form-data', 'multipart/form-data; boundary=', 'multipart/form-data; boundary=""']) {
      expect(await sendBody('fields', Buffer.from('x'), 1e9, type)).toEqual({
        status: 400,
        answer: {
          detail: 'The Content-Type multipart/form-data has no boundary: let the HTTP client set this header',
        },
      });
    }
  });

  it('with another Content-Type is answered with the accepted ones', async () => {
    for (const piece of [1e9, 2]) {
      const { status, answer } = await sendBody('fields', Buffer.from('<name/>'), piece, 'text/xml');
      const detail =
        'Content-Type must be one of multipart/form-data, application/x-www-form-urlencoded, application/json';
      expect([status, answer.detail]).toEqual([422, detail]);
    }
  });
});
