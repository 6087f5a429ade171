import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { speech, temporaryFolder } from '../support/audio-measure.js';
import { CommandLine, ended } from '../support/command-line.js';
import { ApiDescription } from '../support/openapi.js';
import { freePort } from '../support/ports.js';
import { makePartner, sharedStack, type TestPartner } from '../support/shared-stack.js';
import { waitFor } from '../support/wait-for.js';
import { behave, embedInstantly } from './contract/emulated.js';

const description = ApiDescription.committed();

let partner: TestPartner;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let timbre: CommandLine;
let origin: string;

beforeAll(async () => {
  const stack = sharedStack();
  origin = new URL(stack.baseUrl).origin;
  folder = await temporaryFolder();
  partner = await makePartner(stack);
  await embedInstantly(stack, partner);
  timbre = new CommandLine({ url: origin, key: partner.key, folder: folder.path });
});
afterAll(() => folder.remove());

/** Expects a document to be the answer of a route, as openapi.json has it. */
function expectAnswer(method: string, route: string, status: number, document: unknown): void {
  const headers = new Headers({
    'content-type': 'application/json',
    'x-request-id': 'cli',
    location: '/api/voices/a/b',
  });
  const body = Buffer.from(JSON.stringify(document));
  expect(description.problemsOf({ method, target: `/api${route}`, status, headers, body })).toEqual([]);
}

describe('timbre --json', () => {
  it('prints what the routes answer', async () => {
    const at = (more = ''): string => `${partner.route('anna')}${more}`;
    expectAnswer('GET', '/key', 200, await timbre.json('whoami'));
    const create = ['voices', 'create', path.resolve(speech('en')), '--name', 'anna', '--label', 'take:1'];
    const made = (await timbre.json(...create, '--split-mode', 'speech', '--watch')) as { samples: object[] };
    expectAnswer('GET', at(), 200, made);
    expect(made).toMatchObject({ labels: { take: '1' }, status: { splitting: 'completed', embedding: 'completed' } });

    expectAnswer('GET', partner.route(), 200, await timbre.json('voices', 'list'));
    expectAnswer('GET', at(), 200, await timbre.json('voices', 'show', 'anna'));
    expectAnswer('PATCH', at(), 200, await timbre.json('voices', 'edit', 'anna', '--clear', 'labels'));
    expectAnswer('PUT', at('/preferred-sample'), 200, await timbre.json('samples', 'prefer', 'anna', '1'));
    expectAnswer('POST', at('/split'), 200, await timbre.json('split', 'anna', '--max-samples', '2', '--dry-run'));
    expectAnswer('GET', at(), 200, await timbre.json('split', 'anna', '--max-samples', '2', '--watch'));
    expectAnswer('GET', at(), 200, await timbre.json('embed', 'anna', '--sentence', 'One.', '--watch'));
    const runs = (await timbre.json('runs', 'list', 'anna')) as { run_id: string }[];
    expectAnswer('GET', at('/embedding-runs'), 200, runs);
    const current = runs[0]?.run_id ?? '';
    const restored = await timbre.json('runs', 'restore', 'anna', current);
    expectAnswer('POST', at(`/embedding-runs/${current}/restore`), 200, restored);
    expectAnswer('PUT', at('/name'), 200, await timbre.json('voices', 'rename', 'anna', 'anna 2'));
    expectAnswer('POST', partner.route('empty'), 201, await timbre.json('voices', 'create', '--name', 'nobody'));
    const added = (await timbre.json('samples', 'add', 'nobody', path.resolve(speech('en')))) as unknown[];
    expectAnswer('POST', `${partner.route('nobody')}/samples`, 201, added[0]);
    expect(await timbre.json('samples', 'list', 'nobody')).toEqual(added);

    const webhooks = `/webhooks/${partner.name}`;
    const webhook = (await timbre.json('webhooks', 'create', 'http://127.0.0.1:9/')) as { id: string };
    expectAnswer('POST', webhooks, 201, webhook);
    expectAnswer('GET', webhooks, 200, await timbre.json('webhooks', 'list'));
    expectAnswer('POST', `${webhooks}/${webhook.id}/test`, 202, await timbre.json('webhooks', 'test', webhook.id));
    const deleted = await timbre.run(['webhooks', 'delete', webhook.id, '--yes', '--json']);
    expect(deleted).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('lists every page', async () => {
    const other = await makePartner(sharedStack());
    const theirs = new CommandLine({ url: origin, key: other.key, folder: folder.path });
    const names = ['a', 'b', 'c'];
    for (const name of names) await other.http.post(`${other.route()}/empty`, { name });
    const first = (await theirs.json('voices', 'list', '--limit', '2')) as { name: string }[];
    expect(first.map(({ name }) => name)).toEqual(['a', 'b']);
    const all = (await theirs.json('voices', 'list', '--all')) as { name: string }[];
    expect(all.map(({ name }) => name)).toEqual(names);
    expect((await theirs.run(['voices', 'list'])).stdout.split('\n')[0]).toMatch(/^a\tidle\t0\t\ten\t\d{4}-\d\d-\d\dT/);
  });
});

describe('files of timbre', () => {
  it('are an export that can be imported, an embedding, and samples', async () => {
    await timbre.run(['voices', 'create', path.resolve(speech('en')), '--name', 'files', '--watch']);
    const exported = (await timbre.json('export', 'files')) as { path: string; bytes: number };
    const file = await stat(exported.path);
    expect([file.size, file.mode & 0o777]).toEqual([exported.bytes, 0o600]);
    const imported = await timbre.json('import', exported.path, '--on-conflict', 'rename', '--watch');
    expectAnswer('GET', partner.route('files'), 200, imported);
    expect(imported).toMatchObject({ name: 'files (2)', status: { embedding: 'completed' } });
    const again = await timbre.run(['export', 'files']);
    expect(again).toMatchObject({ code: 1, stderr: expect.stringMatching(/files\.zip exists\. Give --overwrite/) });

    const pulled = (await timbre.json('pull', 'files', '--sample', '1')) as { path: string; tts_type: string };
    expect(pulled.tts_type).toBe('kyutai');
    expect((await readFile(pulled.path)).length).toBeGreaterThan(0);
    const samples = (await timbre.json('samples', 'download', 'files', '--all')) as { path: string }[];
    for (const sample of samples) expect((await readFile(sample.path)).subarray(0, 4).toString()).toBe('OggS');
  });
});

describe('exit codes of timbre', () => {
  it('1: Timbre refuses, in its own words', async () => {
    expect(await timbre.run(['voices', 'show', 'nobody there'])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'Voice not found\n',
    });
    const wrong = await timbre.run([
      'voices',
      'create',
      '--name',
      'a',
      '--language',
      'klingon',
      '--creator-email',
      'a',
    ]);
    expect(wrong.code).toBe(1);
    expect(wrong.stderr.split('\n')).toEqual([
      expect.stringMatching(/^creator_email must /),
      expect.stringMatching(/^ {2}language must /),
      '',
    ]);
  });

  it('2: wrong usage', async () => {
    for (const args of [
      ['voices', 'lst'],
      ['voices', 'create'],
      ['split', 'a', '--mode', 'loud'],
      ['webhooks', 'listen'],
    ]) {
      expect((await timbre.run(args)).code).toBe(2);
    }
    const unasked = await timbre.run(['voices', 'delete', 'anna 2']);
    expect(unasked).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') });
    expect((await timbre.run(['--help'])).code).toBe(0);
  });

  it('3: nothing listens there', async () => {
    const away = await timbre.run(['voices', 'list'], { TIMBRE_URL: `http://127.0.0.1:${await freePort()}` });
    expect(away).toMatchObject({ code: 3, stderr: expect.stringContaining('Timbre cannot be reached') });
  });

  it('4: nobody is signed in, or with an unknown key', async () => {
    expect((await timbre.run(['voices', 'list'], { TIMBRE_KEY: '' })).code).toBe(4);
    const unknown = await timbre.run(['voices', 'list'], { TIMBRE_KEY: 'tk_unknown' });
    expect(unknown).toEqual({ code: 4, stdout: '', stderr: 'Invalid API key\n' });
  });

  it('5: the processing that was watched fails', async () => {
    const failing = await makePartner(sharedStack());
    await behave(sharedStack(), { partner: failing.name }, { kind: 'fail', error: 'No GPU today' });
    const theirs = new CommandLine({ url: origin, key: failing.key, folder: folder.path });
    const create = ['voices', 'create', path.resolve(speech('en')), '--name', 'failing', '--watch', '--json'];
    const { code, stdout, stderr } = await theirs.run(create);
    expect({ code, stderr }).toEqual({ code: 5, stderr: expect.stringMatching(/^Embedding failed: /) });
    expectAnswer('GET', failing.route('failing'), 200, JSON.parse(stdout));
  });

  it('130: Ctrl-C ends the watching, and leaves the processing', async () => {
    const slow = await makePartner(sharedStack());
    await behave(sharedStack(), { partner: slow.name }, { kind: 'instant', afterMs: 600_000 });
    const theirs = new CommandLine({ url: origin, key: slow.key, folder: folder.path });
    const child = theirs.start(['voices', 'create', path.resolve(speech('en')), '--name', 'slow', '--watch']);
    const end = ended(child);
    await waitFor('the embedding to start', async () => {
      const { body } = await slow.http.get<{ status?: { embedding: string } }>(slow.route('slow'));
      return body.status?.embedding === 'in_progress';
    });
    child.kill('SIGINT');
    expect(await end).toEqual({ code: 130, stdout: '', stderr: '' });
    const cancelled = await theirs.json('voices', 'cancel', 'slow');
    expectAnswer('POST', `${slow.route('slow')}/cancel`, 202, cancelled);
    expect((await theirs.run(['voices', 'delete', 'slow', '--yes'])).code).toBe(0);
  });
});

describe('timbre login', () => {
  it('keeps a key that Timbre knows, and logout removes it', async () => {
    const none = { TIMBRE_KEY: '', TIMBRE_URL: '' };
    const signedIn = await timbre.run(['login', '--url', `${origin}/api`, '--json'], none, `${partner.key}\n`);
    expectAnswer('GET', '/key', 200, JSON.parse(signedIn.stdout));
    const file = path.join(folder.path, 'config/timbre/profiles.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await timbre.run(['whoami'], none)).stdout).toContain(`of the partner ${partner.name}`);
    expect((await timbre.run(['logout'], none)).code).toBe(0);
    expect((await timbre.run(['whoami'], none)).code).toBe(4);
  });

  it('keeps no key that Timbre does not know', async () => {
    const none = { TIMBRE_KEY: '' };
    expect((await timbre.run(['login'], none, 'tk_unknown')).code).toBe(4);
    expect((await timbre.run(['whoami'], none)).code).toBe(4);
  });

  it('needs a partner with an admin key', async () => {
    const admin = { TIMBRE_KEY: sharedStack().adminKey };
    expect((await timbre.run(['voices', 'list'], admin)).code).toBe(2);
    const listed = await timbre.run(['voices', 'list', '--partner', partner.name, '--json'], admin);
    expectAnswer('GET', partner.route(), 200, JSON.parse(listed.stdout));
  });
});

describe('timbre webhooks listen', () => {
  it('makes a webhook, prints what is verified, and removes it with Ctrl-C', async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/`;
    const child = timbre.start(['webhooks', 'listen', '--public-url', url, '--port', String(port), '--test', '--json']);
    const end = ended(child);
    let printed = '';
    child.stdout?.on('data', (text: Buffer) => (printed += text.toString()));
    await waitFor('the test message', () => Promise.resolve(printed.includes('\n')));
    const forged = await fetch(url, { method: 'POST', body: '{"type":"voice.deleted"}' });
    expect(forged.status).toBe(401);
    child.kill('SIGINT');
    const { code, stdout, stderr } = await end;
    expect({ code, stderr }).toEqual({ code: 130, stderr: expect.stringContaining('refused (401)') });
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ type: 'webhook.test', data: { partner: partner.name } });
    const left = (await timbre.json('webhooks', 'list')) as { url: string }[];
    expect(left.filter((webhook) => webhook.url === url)).toEqual([]);
  });
});

describe('dist/cli.js', () => {
  it('works alone, in a folder without packages', async () => {
    const program = path.join(folder.path, 'timbre.js');
    await writeFile(program, await readFile('dist/cli.js'));
    const alone = new CommandLine({ url: origin, key: partner.key, folder: folder.path, program });
    expect((await alone.run(['whoami'])).code).toBe(0);
    await rm(program);
  });

  it('completes names of voices, and says nothing without a connection', async () => {
    await timbre.run(['voices', 'create', '--name', 'zacharias']);
    expect((await timbre.run(['complete', '--', 'voices', 'show', 'zach'])).stdout).toBe('zacharias\t\n:4\n');
    const away = await timbre.run(['complete', '--', 'voices', 'show', ''], {
      TIMBRE_URL: `http://127.0.0.1:${await freePort()}`,
    });
    expect(away).toEqual({ code: 0, stdout: ':4\n', stderr: '' });
  });

  it('shows no control characters of a description', async () => {
    await timbre.run(['voices', 'create', '--name', 'hostile', '--description', 'one\n\x1b]0;title\x07two']);
    const { stdout } = await timbre.run(['voices', 'show', 'hostile']);
    expect(stdout).not.toMatch(/[\x1b\x07]/);
  });
});
