import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitFor } from '../../../../test/support/wait-for.js';
import { withoutPause } from '../../../../test/support/without-pause.js';
import { largeBytes, startBodyServer, type BodyServer } from '../../test/body-server.js';
import { RawRequest } from '../../test/raw-request.js';

const started: BodyServer[] = [];
const start = async (environment: Record<string, string>): Promise<BodyServer> => {
  const server = await startBodyServer(environment);
  started.push(server);
  return server;
};
afterAll(() => Promise.all(started.map((server) => server.stop())));

const get = (id: string): string => `GET /api/large HTTP/1.1\r\nHost: x\r\nX-Request-Id: ${id}\r\n\r\n`;

/** The log's line of a request, once there is one. */
const lineOf = (server: BodyServer, id: string): Promise<Record<string, unknown>> =>
  waitFor(`the line of ${id}`, () => {
    const line = server
      .log()
      .split('\n')
      .find((text) => text.includes(id));
    return line !== undefined && (JSON.parse(line) as Record<string, unknown>);
  });

describe('OpenAnswers', () => {
  let server: BodyServer;
  let patient: BodyServer;
  let slowAnswers = 0;
  beforeAll(async () => {
    server = await start({ DOWNLOAD_IDLE_SECONDS: '1', MIN_BYTES_PER_SECOND: '100000000' });
    patient = await start({ DOWNLOAD_IDLE_SECONDS: '1', MIN_BYTES_PER_SECOND: '0' });
  });

  it('cuts an answer whose client has stopped reading, and logs no error', async () => {
    const request = await RawRequest.open(patient.port);
    await request.write(get('stalled'));
    await request.until(/^HTTP\/1\.1 200 /);
    request.stopReading();
    expect(await lineOf(patient, 'stalled')).toMatchObject({ level: 30, msg: 'request cut', res: { status: 200 } });
    request.abort();
  });

  it('cuts an answer whose client reads a little now and then', async () => {
    const request = await RawRequest.open(server.port);
    await request.write(get('dripping'));
    await request.until(/^HTTP\/1\.1 200 /);
    let isCut = false;
    const cut = lineOf(server, 'dripping').finally(() => (isCut = true));
    while (!isCut) {
      request.stopReading();
      await sleep(300);
      request.read();
      await sleep(1);
    }
    expect(await cut).toMatchObject({ level: 30, msg: 'request cut' });
    expect(request.answer.length).toBeLessThan(largeBytes);
    request.abort();
  });

  it('logs a client that leaves as a cut, not as an error', async () => {
    const request = await RawRequest.open(server.port);
    await request.write(get('gone'));
    await request.until(/^HTTP\/1\.1 200 /);
    request.abort();
    expect(await lineOf(server, 'gone')).toMatchObject({ level: 30, msg: 'request cut', res: { status: 200 } });
  });

  it('does not cut an answer while its client reads it', () =>
    withoutPause(100, async () => {
      const answer = await fetch(`http://127.0.0.1:${server.port}/api/large`);
      expect((await answer.arrayBuffer()).byteLength).toBe(largeBytes);
    }));

  it('does not cut a slow answer if there is no minimum rate', () =>
    withoutPause(400, async () => {
      const name = `slow-${(slowAnswers += 1)}`;
      const request = await RawRequest.open(patient.port);
      await request.write(get(name));
      await request.until(/^HTTP\/1\.1 200 /);
      for (let turn = 0; turn < 12; turn += 1) {
        request.stopReading();
        await sleep(300);
        request.read();
        await sleep(1);
      }
      expect(await lineOf(patient, name)).toMatchObject({ msg: 'request answered' });
      await waitFor('the rest', () => request.answer.length > largeBytes);
      request.abort();
    }));
});
