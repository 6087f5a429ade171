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

/** For machines that are busy: each step waits for what it wants to see. */
const patienceMs = 300_000;
const finished = { status: { splitting: 'completed', embedding: 'completed' } };

let stack: Stack;
let next: ProcessesBeside;
let again: ProcessesBeside;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
/** The partner as the old release's API serves it, and as the new one's does. */
let [byOld, byNew]: TestPartner[] = [];

/** This build is the old release, with the stack's processes; the new one is the same code one migration further. */
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

/** Waits for a line of a process: what it wrote last may be read after its end. */
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
    'begins with the migrations: no process of the new release starts before them, and the old ones work',
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
    'goes on with the old processes on the new schema: they work, start again, and migrate nothing',
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
    'has both side by side, and loses nothing when the old ones go',
    async () => {
      const [old, fresh] = [partnerBy(byOld), partnerBy(byNew)];
      await voiceOfSamples(old, 'held', 1);
      await behave(stack.address, { partner: old.name, voice: 'held' }, { kind: 'hold' });
      await old.http.post(`${old.route('held')}/embed`);
      await gpuSide(stack.address, old, 'held'); // sent by the old worker, with URLs of the old API
      await Promise.all([next.api.start(), next.worker.start()]);
      const names = Array.from({ length: 10 }, (_, at) => `mixed ${at}`);
      const forms = names.map((name) => toneForm(16, { name })); // before the requests, which would wait for the last
      const made = await Promise.all(
        forms.map((form, at) => (at % 2 === 0 ? old : fresh).http.post(old.route(), form)),
      );
      expect(made.map(({ status }) => status)).toEqual(names.map(() => 201));

      await stack.parts.worker.stop();
      await behaveAgain(stack.address, { partner: old.name, voice: 'held' });
      expect((await settled(fresh, 'held')).status.embedding).toBe('completed');
      await stack.parts.api.stop();
      for (const name of names) expect(await settled(fresh, name)).toMatchObject(finished);
      const languages = await sql(stack.address, 'SELECT DISTINCT language FROM voices');
      expect(languages).toEqual([{ language: 'en' }]);
    },
    patienceMs,
  );

  it(
    'can be undone: the old release takes over again',
    async () => {
      await Promise.all([stack.parts.api.start(), stack.parts.worker.start()]);
      await Promise.all([next.api.stop(), next.worker.stop()]);
      expect(await toneVoice(partnerBy(byOld), 'after all')).toMatchObject(finished);
    },
    patienceMs,
  );
});
