import { existsSync } from 'node:fs';
import type { TestPartner } from '../support/shared-stack.js';
import { HttpClient } from '../support/http.js';
import { createVoice, details } from '../support/voices.js';
import { clockOf } from '../cluster/cluster.js';
import type { Environment } from '../support/stack.js';
import { allSettled, expectWhole } from './checks.js';
import { expectNothingLeft } from './collection.js';
import { expect, type Fault, type Round } from './fault.js';
import { reference } from './reference.js';
import type { Lab } from './lab.js';

/** Debian's libfaketime, if installed. It changes the clock of a process, including Node's own threads. */
const folders = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib'];
const library = folders.map((folder) => `${folder}/faketime/libfaketimeMT.so.1`).find((file) => existsSync(file));

/** Simulates a machine with a wrong clock. Timers stay correct, and files keep the time of the file system. */
function wrongBy(hours: number): Environment {
  if (library === undefined) return clockOf(hours * 60);
  return {
    LD_PRELOAD: library,
    FAKETIME: `${hours < 0 ? '' : '+'}${hours}h`,
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    NO_FAKE_STAT: '1',
  };
}

/** Runs voices through two APIs and two workers, so that each checks signatures and times written by the other. */
async function roundAt(lab: Lab, round: Round, hours: number): Promise<void> {
  const wanted = await reference(lab);
  const partner = await lab.partner();
  const [beside, worker] = await Promise.all([
    lab.startApiBeside(wrongBy(hours)),
    lab.startWorkerBeside(wrongBy(hours)),
  ]);
  try {
    const apis = [partner, { ...partner, http: new HttpClient(beside.baseUrl, partner.key) }];
    const names = Array.from({ length: round.pick(6, 16) }, (_, at) => `voice-${at}`);
    const statuses: number[] = [];
    const polls = poll(apis, statuses);
    await Promise.all(
      apis.map((api, at) =>
        uploadAll(
          lab,
          api,
          names.filter((_, n) => n % 2 === at),
          statuses,
        ),
      ),
    );
    await allSettled(lab, partner, 180_000);
    await polls.stop();
    for (const name of names) await expectWhole(partner, name, wanted);
    for (const one of apis) for (const other of apis) statuses.push(await downloadAcross(one, other, names[0] ?? ''));
    const bad = statuses.filter((status) => status < 200 || status > 299);
    expect(bad.length === 0, `${hours} h: 0 of ${statuses.length} answers are non-2xx`, bad);
  } finally {
    await Promise.all([beside.process.stop(), worker.stop()]);
  }
}

async function uploadAll(lab: Lab, api: TestPartner, names: readonly string[], statuses: number[]): Promise<void> {
  for (const name of names) statuses.push((await createVoice(api, name, lab.recordings.minute)).status);
}

/** Polls the list of voices and the readiness of every API. */
function poll(apis: readonly TestPartner[], statuses: number[]): { stop(): Promise<void> } {
  let polling = true;
  const asking = apis.map(async (api) => {
    while (polling) {
      for (const route of [api.route(), '/health/ready']) statuses.push((await api.http.get(route)).status);
    }
  });
  return {
    stop: async () => {
      polling = false;
      await Promise.all(asking);
    },
  };
}

/** Downloads from one API with a URL signed by another. @returns the status */
async function downloadAcross(signer: TestPartner, server: TestPartner, voice: string): Promise<number> {
  const { embedding_zip_url: url } = await details(signer, voice);
  const answer = await fetch(`${new URL(server.http.baseUrl).origin}${new URL(url ?? '').pathname}`);
  await answer.arrayBuffer();
  return answer.status;
}

const wrongClock: Fault = {
  name: 'clock-wrong',
  fault: 'an API and a worker with clocks 2 h fast, then 2 h slow, join running ones',
  passesWhen: '0 non-2xx, 0 failed voices, signed URLs of each API valid at the other',
  longSeconds: 90,
  round: async (lab, round) => {
    for (const hours of [2, -2]) await roundAt(lab, round, hours);
    await expectNothingLeft(lab);
    return {
      note: library === undefined ? 'without libfaketime: only the JavaScript clock was changed' : 'libfaketime',
    };
  },
};

export const clockFaults: readonly Fault[] = [wrongClock];
