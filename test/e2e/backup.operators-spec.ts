import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDataSource, Database } from '#libs/database';
import { createLogger } from '#libs/logging';
import { GarbageCollector } from '../../apps/worker/src/upkeep/garbage-collector.js';
import { StoredObjectsRepository } from '../../apps/worker/src/upkeep/stored-objects.repository.js';
import { audioToolsOfThisMachine, makeAudio, speech, temporaryFolder } from '../support/audio-measure.js';
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

/** The lines an operator copies, block by block: how a backup is taken, how it is put back. */
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

/** Runs one line; with a bucket, where `cp` cannot reach, its objects are copied in place of that. */
async function runLine(line: string): Promise<void> {
  const { storageUrl, databaseUrl, redisUrl, emulatorUrl } = stack.address;
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
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisUrl,
      RUNPOD_BASE_URL: emulatorUrl,
      RUNPOD_API_KEY: 'of no use to a migration',
    },
  });
}

/** All that a partner can see and hear of a voice, but for the URL that is new each time. */
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

/** Embeds a voice of two samples and waits until RunPod has the job, which it keeps until it is told. */
async function voiceAtTheGpu(voice: string): Promise<void> {
  await voiceOfSamples(partner, voice, 2);
  await behave(stack.address, { partner: partner.name, voice }, { kind: 'hold' });
  await partner.http.post(`${partner.route(voice)}/embed`);
  await gpuSide(stack.address, partner, voice);
}
const letGo = (voice: string): Promise<void> => behaveAgain(stack.address, { partner: partner.name, voice });

/** Splits a recording of ten minutes; while the worker stands still in the middle of it, `meanwhile` is done. */
async function duringASplit(voice: string, meanwhile: () => Promise<void>): Promise<void> {
  const recording = path.join(folder.path, 'ten minutes.wav');
  const tools = await audioToolsOfThisMachine(folder.path);
  await makeAudio(tools, ['-stream_loop', '7', '-i', speech('en'), '-c:a', 'pcm_s16le', recording]);
  expect((await createVoice(partner, voice, recording)).status).toBe(201);
  await waitFor('the split has begun', async () => (await stateOfSplit(voice)) === 'running', { everyMs: 10 });
  stack.parts.worker.kill('SIGSTOP');
  expect(await stateOfSplit(voice)).toBe('running');
  await meanwhile();
  stack.parts.worker.kill('SIGCONT');
}

/** API, worker, database, storage and Redis are gone; RunPod and the backup are elsewhere. */
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

// Needs a Postgres with its own pg_dump on this machine: the one from npm has none, and there is no reading one by the other.
(bin === null ? describe.skip : describe)('a backup', () => {
  beforeAll(async () => {
    [server, folder] = await Promise.all([startPostgres(bin ?? ''), temporaryFolder()]);
    process.env['TEST_DATABASE_URL'] = server.url; // of this file alone: Jest gives each its own environment
    stack = await Stack.start({ env: { FFMPEG_PROCESSES: '1' } });
    partner = await makePartner(stack.address);
    await embedInstantly(stack.address, partner);
  });
  afterAll(async () => {
    await stack?.stop();
    await Promise.all([server?.stop(), folder?.remove()]);
  });

  it('of a busy Timbre, put back, has every voice, sample and key, and what was under way goes on to its end', async () => {
    await toneVoice(partner, 'made');
    await addSample(partner, 'made');
    await Promise.all(['held', 'collected meanwhile'].map(voiceAtTheGpu));
    const before = await wholeVoice('made');
    const [[copy = '', dump = '', copyAgain = ''], restore] = documentedLines();
    expect([copy, dump, copyAgain, ...restore].map((line) => line.split(' ')[0])).toEqual(
      ['cp', 'pg_dump', 'cp', 'cp', 'pg_restore', 'node'], // prettier-ignore
    );

    await runLine(copy);
    await duringASplit('split meanwhile', () => runLine(dump));
    // Between dump and copy the world goes on.
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
  }, 300_000); // some 20 s of work; each step waits for what it wants to see

  it('leaves objects without a row, which are collected when they are a day old, and nothing else is', async () => {
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
    await garbage.sweep(-60_000); // as if everything were old enough
    expect(await nobodys()).toEqual([]);
    for (const voice of ['collected meanwhile', 'held', 'split meanwhile']) await wholeVoice(voice);
    expect(await wholeVoice('made')).toEqual(whole);
    await database.close();
  });

  it('that lacks an object lacks that one file: its voice works, and can be split anew and deleted', async () => {
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
