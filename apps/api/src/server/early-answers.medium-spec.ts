import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withoutPause } from '../../../../test/support/without-pause.js';
import { startBodyServer, type BodyServer } from '../../test/body-server.js';
import { RawRequest } from '../../test/raw-request.js';

let server: BodyServer;

beforeAll(async () => {
  server = await startBodyServer({ UPLOAD_IDLE_SECONDS: '1', MAX_SAMPLE_BYTES: String(1024 ** 2) });
});
afterAll(() => server.stop());

const head = (route: string, ...headers: string[]): string =>
  [`POST /api/${route} HTTP/1.1`, 'Host: test', ...headers, '', ''].join('\r\n');
const multipart = 'Content-Type: multipart/form-data; boundary=B';
const chunked = 'Transfer-Encoding: chunked';
const fileStart = '--B\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n';
const chunk = (bytes: string): string => `${Buffer.byteLength(bytes).toString(16)}\r\n${bytes}\r\n`;
const filling = chunk('x'.repeat(256 * 1024));

/** Sends pieces for as long as they are taken; the server stops taking them. */
async function sendUntilRefused(request: RawRequest, pieces: number): Promise<void> {
  for (let sent = 0; sent < pieces; sent += 1) if (!(await request.write(filling))) return;
}

describe('an answer before the body has arrived', () => {
  it('reaches a client that sends endlessly, which is then cut off', async () => {
    const request = await RawRequest.open(server.port);
    await request.write(head('refused', multipart, chunked) + chunk(fileStart));
    const sending = sendUntilRefused(request, 1000);
    const answer = await request.until(/\{"detail":"Invalid API key"\}$/);
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
    expect(answer).toMatch(/connection: close/i);
    await request.ended();
    await sending;
  }, 15_000);

  it('reaches a client that sends everything before it reads', async () => {
    const request = await RawRequest.open(server.port);
    await request.write(head('refused', multipart, chunked) + chunk(fileStart));
    await sendUntilRefused(request, 40); // 10 MiB
    await request.write(`${chunk('\r\n--B--\r\n')}0\r\n\r\n`);
    expect(await request.ended()).toMatch(/^HTTP\/1\.1 401 [\s\S]*\{"detail":"Invalid API key"\}$/);
  });

  it('is 413 as soon as the file exceeds its limit', async () => {
    const request = await RawRequest.open(server.port);
    await request.write(head('files', multipart, chunked) + chunk(fileStart));
    await sendUntilRefused(request, 8);
    expect(await request.until(/MiB"\}$/)).toMatch(/^HTTP\/1\.1 413 /);
    request.abort();
    expect(await server.received()).toEqual([]);
  });

  it('is sent without 100 Continue to a client that waits for it', async () => {
    const request = await RawRequest.open(server.port);
    await request.write(head('refused', multipart, 'Content-Length: 1000000', 'Expect: 100-continue'));
    expect(await request.until(/Invalid API key/)).toMatch(/^HTTP\/1\.1 401 /);
    request.abort();
  });

  it('follows 100 Continue if the body is read', async () => {
    const request = await RawRequest.open(server.port);
    await request.write(head('fields', 'Content-Type: application/json', 'Content-Length: 2', 'Expect: 100-continue'));
    await request.until(/^HTTP\/1\.1 100 /);
    await request.write('{}');
    expect(await request.until(/"file":null/)).toMatch(/HTTP\/1\.1 200 /);
    request.abort();
  });

  it('keeps the connection if the small body has arrived already', async () => {
    const request = await RawRequest.open(server.port);
    const refused = head('refused', 'Content-Type: application/json', 'Content-Length: 2');
    await request.write(`${refused}{}`);
    await request.until(/Invalid API key/);
    await request.write(`${refused}{}`);
    expect(await request.until(/Invalid API key[\s\S]*Invalid API key/)).not.toMatch(/connection: close/i);
    request.abort();
  });
});

describe('an upload', () => {
  it('that stalls is answered 408 and leaves no file', async () => {
    const request = await RawRequest.open(server.port);
    await request.write(head('files', multipart, chunked) + chunk(fileStart) + filling);
    expect(await request.until(/"Upload timed out"\}$/)).toMatch(/^HTTP\/1\.1 408 /);
    request.abort();
    expect(await server.received()).toEqual([]);
  });

  it('that makes slow progress is accepted, however long it takes', () =>
    withoutPause(400, async () => {
      const request = await RawRequest.open(server.port);
      await request.write(head('files', multipart, chunked) + chunk(fileStart));
      for (let piece = 0; piece < 4; piece += 1) {
        await sleep(400); // slower in all than the idle limit, never idle for so long
        await request.write(chunk('x'.repeat(600)));
      }
      await request.write(`${chunk('\r\n--B--\r\n')}0\r\n\r\n`);
      expect(await request.until(/"bytes":2400|"Upload timed out"/)).toMatch(/^HTTP\/1\.1 200 /);
      request.abort();
    }));

  it('of one byte now and then is answered 408 and leaves no file', async () => {
    const request = await RawRequest.open(server.port);
    await request.write(head('files', multipart, chunked) + chunk(fileStart));
    const dripping = (async () => {
      while (await request.write(chunk('x'))) await sleep(200);
    })();
    expect(await request.until(/"Upload timed out"\}$/)).toMatch(/^HTTP\/1\.1 408 /);
    request.abort();
    await dripping;
    await until(async () => (await server.received()).length === 0);
  });

  it('whose client leaves has no file left', async () => {
    const request = await RawRequest.open(server.port);
    await request.write(head('files', multipart, chunked) + chunk(fileStart) + filling);
    await until(async () => (await server.received()).length === 1);
    request.abort();
    await until(async () => (await server.received()).length === 0);
  });
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(10);
}
