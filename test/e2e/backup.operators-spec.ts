import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDataSource, Database } from '#libs/database';
import { createLogger } from '#libs/logging';
import { GarbageCollector, StoredObjectsRepository } from '#libs/retention';
import { audioTools, makeAudio, speech, temporaryFolder } from '../support/audio-measure.js';
import { recreateDatabase } from '../support/database.js';
import { postgresPrograms, startPostgres } from '../support/postgres-of-this-machine.js';
import { makePartner, type TestPartner } from '../support/shared-stack.js';
import { Stack } from '../support/stack.js';
import { copyObjects, storageOf, storedKeys } from '../support/test-storage.js';
import { bytesOf, createVoice, details, settled } from '../support/voices.js';
import { waitFor } from '../support/wait-for.js';
import { behave, behaveAgain, embedInstantly } from './contract/emulated.js';
import { gpuSide } from './contract/gpu-side.js';
import { addSample, toneVoice, voiceOfSamples } from './contract/made-voices.js';
import { sql } from './contract/sql.js';

const run = promisify(execFile);
const searchPath = process.env['PATH'] ?? '';
const bin = postgresPrograms(searchPath);

/** Returns the shell lines of docs/operations.md that take and restore a backup. */
function documentedLines(): [backup: string[], restore: string[]] {
  const chapter = readFileSync('docs/operations.md', 'utf8').split('\n## Backups')[1]?.split('\n## ')[0] ?? '';
  const blocks = [...chapter.matchAll(/```sh\n(.*?)```/gs)].map(([, lines = '']) =>
    lines.split('\n').filter((line) => line !== '' && !line.startsWith('#')),
  );
  return [blocks[0] ?? [], blocks[1] ?? []];
}

let server: Awaited<ReturnType<typeof startPostgres>>;
let stack: Stack;
let partner: TestPartner;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;

/** Runs one line. If the storage is a bucket, it copies the objects instead of running `cp`. */
async function runLine(line: string): Promise<void> {
  const { storageUrl, databaseUrl } = stack.address;
  const backup = pathToFileURL(path.join(folder.path, 'objects')).href;
  if (line.startsWith('cp ') && storageUrl.startsWith('s3:')) {
    const [from, to] = line.includes('$OBJECTS/.') ? [storageUrl, backup] : [backup, storageUrl];
    return copyObjects(from, to);
  }
  const OBJECTS = storageUrl.startsWith('file:') ? fileURLToPath(storageUrl) : '';
  await run('bash', ['--norc', '-euo', 'pipefail', '-c', line], {
    env: {
      PATH: `${bin}${path.delimiter}${searchPath}`,
      BACKUP: folder.path,
      OBJECTS,
      DATABASE_URL: databaseUrl, // the only setting that a migration needs
    },
  });
}

/** Returns the details and the file hashes of a voice, except the signed URL, which differs each time. */
async function wholeVoice(name: string): Promise<unknown> {
  const { embedding_zip_url: zipUrl, ...rest } = await details(partner, name);
  const zip = zipUrl === null ? '' : Buffer.from(await (await fetch(zipUrl)).arrayBuffer());
  const routes = [
    ...rest.samples.map(({ index }) => `${partner.route(name)}/samples/${index}`),
    ...(rest.embedding_info?.test_samples ?? []).map((test) => `${partner.route(name)}/test-samples/${test.filename}`),
  ];
  const files = await Promise.all(routes.map((route) => bytesOf(partner, route)));
  return { ...rest, files: [zip, ...files].map((bytes) => createHash('sha256').update(bytes).digest('hex')) };
}

async function stateOfSplit(voice: string): Promise<string | undefined> {
  const [job] = await sql<{ state: string }>(
    stack.address,
    `SELECT j.state FROM jobs j JOIN voices v ON v.id = j.voice_id WHERE v.name = $1 AND j.kind = 'split'`,
    [voice],
  );
  return job?.state;
}

const collected = { status: { splitting: 'idle', embedding: 'completed' } };
const made = { status: { splitting: 'completed', embedding: 'completed' } };

/** Embeds a voice of two samples and waits until RunPod has the job, which it holds until {@link letGo}. */
async function voiceAtTheGpu(voice: string): Promise<void> {
  await voiceOfSamples(partner, voice, 2);
  await behave(stack.address, { partner: partner.name, voice }, { kind: 'hold' });
  await partner.http.post(`${partner.route(voice)}/embed`);
  await gpuSide(stack.address, partner, voice);
}
const letGo = (voice: string): Promise<void> => behaveAgain(stack.address, { partner: partner.name, voice });

/** Splits a recording of ten minutes and runs `meanwhile` while the worker is stopped during the split. */
async function duringASplit(voice: string, meanwhile: () => Promise<void>): Promise<void> {
  const recording = path.join(folder.path, 'ten minutes.wav');
  const tools = audioTools();
  await makeAudio(tools, ['-stream_loop', '7', '-i', speech('en'), '-c:a', 'pcm_s16le', recording]);
  expect((await createVoice(partner, voice, recording)).status).toBe(201);
  await waitFor('the split to start', async () => (await stateOfSplit(voice)) === 'running', { everyMs: 10 });
  stack.parts.worker.kill('SIGSTOP');
  expect(await stateOfSplit(voice)).toBe('running');
  await meanwhile();
  stack.parts.worker.kill('SIGCONT');
}

/** Destroys API, worker, database, storage and Redis. RunPod and the backup are on other machines. */
async function burnDown(): Promise<void> {
  const { api, worker, valkey } = stack.parts;
  for (const part of [api, worker, valkey]) {
    part.kill('SIGKILL');
    await part.ended;
  }
  await (await storageOf(stack.address)).deletePrefix('voices/');
  await recreateDatabase(stack.address.databaseUrl);
  await valkey.start();
}

// Needs an installed Postgres with its pg_dump. The Postgres from npm has none, and versions must match.
(bin === null ? describe.skip : describe)('a backup', () => {
  beforeAll(async () => {
    [server, folder] = await Promise.all([startPostgres(bin ?? ''), temporaryFolder()]);
    process.env['TEST_DATABASE_URL'] = server.url; // until the end of this file (test/runner/environment.ts)
    stack = await Stack.start({ env: { FFMPEG_PROCESSES: '1' } });
    partner = await makePartner(stack.address);
    await embedInstantly(stack.address, partner);
  });
  afterAll(async () => {
    await stack?.stop();
    await Promise.all([server?.stop(), folder?.remove()]);
  });

  it('of a busy Timbre restores every voice, sample and key, and running jobs complete after it', async () => {
    await toneVoice(partner, 'made');
    await addSample(partner, 'made');
    await Promise.all(['held', 'collected meanwhile'].map(voiceAtTheGpu));
    const before = await wholeVoice('made');
    const [[copy = '', dump = '', copyAgain = ''], restore] = documentedLines();
    const programs = [copy, dump, copyAgain, ...restore].map((line) => line.split(' ')[0]);
    expect(programs.join(' ')).toBe('cp pg_dump cp cp pg_restore node');

    await runLine(copy);
    await duringASplit('split meanwhile', () => runLine(dump));
    // Work continues between the dump and the second copy.
    await letGo('collected meanwhile');
    expect(await settled(partner, 'collected meanwhile')).toMatchObject(collected);
    expect(await settled(partner, 'split meanwhile')).toMatchObject(made);
    await voiceOfSamples(partner, 'newer', 1);
    await runLine(copyAgain);

    await burnDown();
    for (const line of restore) await runLine(line);
    await Promise.all([stack.parts.worker.start(), stack.parts.api.start()]);

    const list = await partner.http.get<{ name: string }[]>(partner.route());
    expect(list.body.map(({ name }) => name)).toEqual(['collected meanwhile', 'held', 'made', 'split meanwhile']);
    expect(await wholeVoice('made')).toEqual(before);
    expect(await settled(partner, 'split meanwhile')).toMatchObject({ ...made, samples: { length: 25 } });
    expect(await settled(partner, 'collected meanwhile')).toMatchObject(collected);
    expect((await details(partner, 'held')).status.embedding).toBe('in_progress');
    await letGo('held');
    expect(await settled(partner, 'held')).toMatchObject(collected);
  }, 300_000); // takes about 20 s on an idle machine

  it('restores objects without a row, and only these are collected once they are a day old', async () => {
    const database = await new Database(
      createDataSource({ databaseUrl: stack.address.databaseUrl, poolSize: 2, applicationName: 'timbre-test' }),
    ).connect();
    const storage = await storageOf(stack.address);
    const logger = createLogger({ app: 'test', level: 'silent', format: 'json' });
    const garbage = new GarbageCollector(storage, new StoredObjectsRepository(database), logger);
    const living = new Set((await sql<{ id: string }>(stack.address, 'SELECT id FROM voices')).map(({ id }) => id));
    const nobodys = async (): Promise<string[]> =>
      (await storedKeys(stack.address)).filter((key) => !living.has(key.split('/')[1] ?? ''));
    const whole = await wholeVoice('made');

    expect(await nobodys()).toHaveLength(1);
    await garbage.sweep();
    expect(await nobodys()).toHaveLength(1);
    await garbage.sweep(-60_000); // treats every object as old enough
    expect(await nobodys()).toEqual([]);
    for (const voice of ['collected meanwhile', 'held', 'split meanwhile']) await wholeVoice(voice);
    expect(await wholeVoice('made')).toEqual(whole);
    await database.close();
  });

  it('without one object loses only this file, and its voice can still be split and deleted', async () => {
    const route = partner.route('made');
    const [row] = await sql<{ key: string }>(
      stack.address,
      `SELECT s.object_key AS key FROM samples s JOIN voices v ON v.id = s.voice_id WHERE v.name = 'made' AND s.index = 1`,
    );
    await (await storageOf(stack.address)).delete([row?.key ?? '']);
    const lost = await partner.http.get(`${route}/samples/1`);
    expect([lost.status, lost.body]).toEqual([404, { detail: 'Sample not found' }]);
    expect((await partner.http.fetch(`${route}/samples/2`)).status).toBe(200);
    await expect(bytesOf(partner, `${route}/samples-bundle`)).rejects.toThrow();
    expect((await details(partner, 'made')).samples).toHaveLength(3);
    await partner.http.post(`${route}/split`);
    expect(await settled(partner, 'made')).toMatchObject({ status: { splitting: 'completed' } });
    await wholeVoice('made');
    expect((await partner.http.delete(route)).status).toBe(204);
  });
});
