import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { afterAll, describe, expect, it } from '@jest/globals';
import { freePort } from '../support/ports.js';
import { makePartner, sharedStack } from '../support/shared-stack.js';
import { waitFor } from '../support/wait-for.js';
import { Workshop } from './workshop.js';

/** The only port that the examples name. */
const documentedPort = '9000';

interface Delivery {
  readonly status: string;
  readonly response_status: number | null;
}

/** @returns the only example of docs/webhooks.md in a language, with another port */
function exampleIn(language: string, port: number): string {
  const examples = readFileSync('docs/webhooks.md', 'utf8').split(`\`\`\`${language}\n`).slice(1);
  const [example = ''] = examples.map((text) => text.split('```')[0] ?? '');
  expect([examples.length, example.split(documentedPort).length]).toEqual([1, 2]);
  return example.replace(documentedPort, String(port));
}

const workshop = Workshop.open();
const started: ChildProcess[] = [];
afterAll(async () => {
  for (const receiver of started) {
    receiver.kill();
    await once(receiver, 'exit');
  }
});

describe('the example of docs/webhooks.md', () => {
  it.each([
    ['ts', 'node', 'receiver.mts', 'receiver.mjs'],
    ['python', 'python', 'receiver.py', 'receiver.py'],
  ] as const)('accepts a message of Timbre and refuses one of anybody else (%s)', async (code, run, source, name) => {
    const [partner, port] = [await makePartner(sharedStack()), await freePort()];
    const url = `http://127.0.0.1:${port}/timbre-events`;
    const route = `/webhooks/${partner.name}`;
    const made = await partner.http.post<{ id: string; secret: string }>(route, { url });
    await writeFile(workshop.file(source), exampleIn(code, port));
    if (code === 'ts') await workshop.compile(source);
    started.push(workshop.start(run, name, { TIMBRE_WEBHOOK_SECRET: made.body.secret }));

    const forged = { method: 'POST', body: '{"type":"voice.deleted"}', headers: { 'webhook-id': '1' } };
    const statusOfForged = (): Promise<number> =>
      fetch(url, forged).then(
        ({ status }) => status,
        () => 0,
      );
    await waitFor('the receiver', async () => (await statusOfForged()) !== 0);
    expect(await statusOfForged()).toBe(401);

    expect((await partner.http.post(`${route}/${made.body.id}/test`)).status).toBe(202);
    const delivery = async (): Promise<Delivery | undefined> =>
      (await partner.http.get<Delivery[]>(`${route}/${made.body.id}/deliveries`)).body[0];
    const ended = async (): Promise<boolean> => !['pending', undefined].includes((await delivery())?.status);
    await waitFor('the delivery', ended);
    expect(await delivery()).toMatchObject({ status: 'delivered', response_status: 204 });
  });
});
