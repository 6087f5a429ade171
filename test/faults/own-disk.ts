import { execFileSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type Socket } from 'node:net';
import { createVoice } from '../support/voices.js';
import { waitFor } from '../support/wait-for.js';
import { allSettled, expectWhole } from './checks.js';
import { expectNothingLeft } from './collection.js';
import { expect, type Fault } from './fault.js';
import { jobIs } from './job-state.js';
import { reference } from './reference.js';
import { answered } from './refusals.js';
import { upload } from './uploads.js';
import type { Lab } from './lab.js';

const isReady = async (lab: Lab): Promise<boolean> => (await fetch(`${lab.baseUrl}/health/ready`)).status === 200;

/** Simulates an operator who clears a disk, or a cron job that removes temporary files. */
const scratchGone: Fault = {
  name: 'scratch-gone',
  fault: 'the scratch folders of a busy API and worker are removed repeatedly, with their contents',
  passesWhen:
    'uploads in progress get 2xx or 503 with Retry-After, later ones 2xx; the API stays ready, 0 accepted voices fail',
  round: async (lab, round) => {
    const wanted = await reference(lab);
    const partner = await lab.partner();
    const accepted: string[] = [];
    for (let time = 0; time < round.pick(3, 10); time += 1) {
      const name = `voice-${time}`;
      await upload(lab, partner, name);
      accepted.push(name);
      await jobIs(lab, partner, 'split', `state = 'running'`);
      const during = `during-${time}`;
      const sent = answered('an upload', 30_000, () => createVoice(partner, during, lab.recordings.minute));
      await sleep(Math.random() * 200);
      await rm(lab.scratch, { recursive: true, force: true, maxRetries: 5 });
      if ((await sent).status === 201) accepted.push(during);
      expect(await isReady(lab), 'the API is ready');
    }
    const recoveryMs = await allSettled(lab, partner, 120_000);
    for (const name of accepted) await expectWhole(partner, name, wanted);
    await expectNothingLeft(lab);
    return { recoveryMs, note: `${accepted.length} accepted` };
  },
};

/** Node already has this many file descriptors open after its start, so it cannot open another. */
const none = '10';

function limitOf(pid: number): string {
  return execFileSync('prlimit', ['--pid', String(pid), '--nofile', '--noheadings', '--output', 'SOFT'], {
    encoding: 'utf8',
  }).trim();
}

/** Limits the file descriptors of a running process (prlimit(1)). */
const setLimit = (pid: number, limit: string): Buffer =>
  execFileSync('prlimit', ['--pid', String(pid), `--nofile=${limit}:`]);

function whyNoLimits(): string | undefined {
  try {
    setLimit(process.pid, limitOf(process.pid));
    return undefined;
  } catch {
    return 'prlimit is not installed (Debian: util-linux)';
  }
}

async function exhaustApi(lab: Lab): Promise<void> {
  const pid = lab.api.pid ?? 0;
  const before = limitOf(pid);
  const sockets: Socket[] = [];
  try {
    setLimit(pid, none);
    const { port } = new URL(lab.baseUrl);
    for (let at = 0; at < 5; at += 1) {
      sockets.push(connect(Number(port), '127.0.0.1').on('error', () => undefined));
    }
    await waitFor('the API logs that it has no file descriptors', () => says(lab, 'api', 'file descriptors exhausted'));
  } finally {
    for (const socket of sockets) socket.destroy();
    setLimit(pid, before);
  }
}

const says = (lab: Lab, part: string, message: string): boolean =>
  lab.log.lines.some((line) => line.startsWith(`${part} |`) && line.includes(message));

const descriptors: Fault = {
  name: 'descriptors-exhausted',
  fault: 'a worker with jobs runs out of file descriptors, then an API with many connections',
  passesWhen: 'both log it, 0 accepted voices fail, both work again once descriptors are available',
  impossible: whyNoLimits,
  round: async (lab, round) => {
    const wanted = await reference(lab);
    const partner = await lab.partner();
    const pid = lab.worker.pid ?? 0;
    const before = limitOf(pid);
    setLimit(pid, none);
    try {
      await upload(lab, partner, 'voice');
      const worker = lab.worker.name;
      await waitFor(
        'the worker logs that it has no file descriptors',
        () => says(lab, worker, 'file descriptors exhausted'),
        { timeoutMs: 30_000 },
      );
      await sleep(round.pick(5_000, 20_000));
    } finally {
      setLimit(pid, before);
    }
    const recoveryMs = await allSettled(lab, partner, 60_000);
    await expectWhole(partner, 'voice', wanted);
    await exhaustApi(lab);
    await upload(lab, partner, 'after');
    await allSettled(lab, partner, 60_000);
    await expectWhole(partner, 'after', wanted);
    await expectNothingLeft(lab);
    return { recoveryMs };
  },
};

export const ownDiskFaults: readonly Fault[] = [scratchGone, descriptors];
