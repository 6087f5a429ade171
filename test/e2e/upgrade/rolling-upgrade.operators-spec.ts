import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { temporaryFolder } from '../../support/audio-measure.js';
import { processesBeside, type ProcessesBeside } from '../../support/processes-beside.js';
import { HttpClient } from '../../support/http.js';
import { makePartner, type TestPartner } from '../../support/shared-stack.js';
import { Stack } from '../../support/stack.js';
import { settled } from '../../support/voices.js';
import { waitFor } from '../../support/wait-for.js';
import { behave, behaveAgain, embedInstantly } from '../contract/emulated.js';
import { gpuSide } from '../contract/gpu-side.js';
import { toneVoice, voiceOfSamples } from '../contract/made-voices.js';
import { sql } from '../contract/sql.js';
import { toneForm } from '../contract/tone.js';
import { makeNextRelease } from './next-release.js';

/** Long enough for a busy machine. Each step ends as soon as its condition is met. */
const patienceMs = 300_000;
const finished = { status: { splitting: 'completed', embedding: 'completed' } };

let stack: Stack;
let next: ProcessesBeside;
let again: ProcessesBeside;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
/** The same partner as a client of the old release's API, and of the new one's. */
let [byOld, byNew]: TestPartner[] = [];

/** This build is the old release and runs the stack. The new release is the same code with one more migration. */
beforeAll(async () => {
  folder = await temporaryFolder();
  const release = await makeNextRelease(folder.path);
  stack = await Stack.start();
  next = await processesBeside(stack.address, {}, release);
  again = await processesBeside(stack.address);
  byOld = await makePartner(stack.address);
  byNew = { ...byOld, http: new HttpClient(next.address.baseUrl, byOld.key) };
  await embedInstantly(stack.address, byOld);
});
afterAll(async () => {
  await Promise.all([next, again].flatMap((each) => [each?.api.stop(), each?.worker.stop()]));
  await stack?.stop();
  await folder?.remove();
});

const partnerBy = (partner: TestPartner | undefined): TestPartner => {
  if (partner === undefined) throw new Error('the stack did not start');
  return partner;
};

/** Waits for a line of a process, because its last lines may arrive after its exit. */
const says = (release: ProcessesBeside, name: string, words: string): Promise<unknown> =>
  waitFor(`${name} says ${words}`, () =>
    release.log.lines.some((line) => line.startsWith(`${name} | `) && line.includes(words)),
  );

async function migrate(release: ProcessesBeside, outcome: string): Promise<void> {
  await release.migrate.start();
  expect(await release.migrate.ended).toBe('ended with code 0');
  await says(release, 'migrate', outcome);
}

describe('a rolling upgrade', () => {
  it(
    'starts with the migrations: without them no new process starts, and the old ones continue to work',
    async () => {
      await expect(next.api.start()).rejects.toThrow('api ended with code 1 before it was ready');
      await expect(next.worker.start()).rejects.toThrow('worker ended with code 1 before it was ready');
      for (const part of ['api', 'worker'])
        await says(next, part, 'lacks NextRelease9000000000000: run the migrations');
      expect(await toneVoice(partnerBy(byOld), 'before')).toMatchObject(finished);
    },
    patienceMs,
  );

  it(
    'lets the old processes work and restart on the new schema, and their migration changes nothing',
    async () => {
      await migrate(next, 'Migrated: NextRelease9000000000000');
      expect(await toneVoice(partnerBy(byOld), 'on the new schema')).toMatchObject(finished);
      await migrate(again, 'The schema is up to date');
      const { api, worker } = stack.parts;
      await Promise.all([api.stop(), worker.stop()]);
      await Promise.all([api.start(), worker.start()]);
      expect(await toneVoice(partnerBy(byOld), 'by restarted ones')).toMatchObject(finished);
    },
    patienceMs,
  );

  it(
    'runs both releases at the same time, and loses nothing when the old processes stop',
    async () => {
      const [old, fresh] = [partnerBy(byOld), partnerBy(byNew)];
      await voiceOfSamples(old, 'held', 1);
      await behave(stack.address, { partner: old.name, voice: 'held' }, { kind: 'hold' });
      await old.http.post(`${old.route('held')}/embed`);
      await gpuSide(stack.address, old, 'held'); // the old worker has sent it, with URLs of the old API
      await Promise.all([next.api.start(), next.worker.start()]);
      const names = Array.from({ length: 10 }, (_, at) => `mixed ${at}`);
      const forms = names.map((name) => toneForm(16, { name })); // made before the first request, which would otherwise wait for them
      const made = await Promise.all(
        forms.map((form, at) => (at % 2 === 0 ? old : fresh).http.post(old.route(), form)),
      );
      expect(made.map(({ status }) => status)).toEqual(names.map(() => 201));

      await stack.parts.worker.stop();
      await behaveAgain(stack.address, { partner: old.name, voice: 'held' });
      expect((await settled(fresh, 'held')).status.embedding).toBe('completed');
      await stack.parts.api.stop();
      for (const name of names) expect(await settled(fresh, name)).toMatchObject(finished);
      const kinds = await sql(stack.address, 'SELECT DISTINCT next_release_kind AS kind FROM voices');
      expect(kinds).toEqual([{ kind: 'plain' }]);
    },
    patienceMs,
  );

  it(
    'can be rolled back to the old release',
    async () => {
      await Promise.all([stack.parts.api.start(), stack.parts.worker.start()]);
      await Promise.all([next.api.stop(), next.worker.stop()]);
      expect(await toneVoice(partnerBy(byOld), 'after all')).toMatchObject(finished);
    },
    patienceMs,
  );
});
