import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Express } from 'express';
import { ExpressServer } from './express-server.js';

let server: Server;
let express: Express;

beforeEach(async () => {
  const adapter = new ExpressServer();
  adapter.initHttpServer();
  express = adapter.getInstance<Express>();
  server = adapter.getHttpServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterEach(() => void server.close());

const get = (path: string): Promise<Response> =>
  fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);

it('makes requests and responses whose prototypes Express has nothing to change about', async () => {
  const seen: boolean[] = [];
  const note = (request: IncomingMessage, response: ServerResponse): void =>
    void seen.push(
      Object.getPrototypeOf(request) === express.request,
      Object.getPrototypeOf(response) === express.response,
    );
  server.prependListener('request', note); // before Express
  express.get('/', (request, response) => {
    note(request, response);
    response.end();
  });
  await get('/');
  expect(seen).toEqual([true, true, true, true]);
});

it('leaves them everything that Express and Node give them', async () => {
  express.set('trust proxy', true);
  express.get('/here', (request, response) => {
    response
      .status(201)
      .json({ ip: request.ip, path: request.path, query: request.query, isOurs: request.app === express });
  });
  const answer = await get('/here?a=b');
  expect(answer.status).toBe(201);
  expect(await answer.json()).toEqual({ ip: '127.0.0.1', path: '/here', query: { a: 'b' }, isOurs: true });
});
