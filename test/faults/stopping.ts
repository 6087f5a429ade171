import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestPartner } from '../support/shared-stack.js';
import { createVoice } from '../support/voices.js';
import { allSettled, expectNoOrphans, expectOnce } from './checks.js';
import { expectNothingLeft } from './collection.js';
import { expect, type Fault } from './fault.js';
import { jobIs } from './job-state.js';
import type { Lab } from './lab.js';

/** The responses that clients got while the API stopped. */
interface Load {
  readonly answered: Map<number, number>;
  /** Connection errors, except refused connections, which a load balancer sends elsewhere. */
  readonly broken: string[];
}

/** Sends requests over a keep-alive connection until a connection is refused. */
async function ask(lab: Lab, partner: TestPartner, load: Load): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (let refused = false; !refused;) {
    await new Promise<void>((resolve) => {
      const headers = { 'X-Api-Key': partner.key };
      const asking = request(`${lab.baseUrl}${partner.route()}`, { agent, headers }, (answer) => {
        const status = answer.statusCode ?? 0;
        load.answered.set(status, (load.answered.get(status) ?? 0) + 1);
        answer.resume().once('close', resolve);
        answer.once('error', (error) => load.broken.push(String(error)));
      });
      asking.once('error', (error: NodeJS.ErrnoException) => {
        refused = true;
        if (error.code !== 'ECONNREFUSED') load.broken.push(String(error.code));
        resolve();
      });
      asking.end();
    });
  }
  agent.destroy();
}

const api: Fault = {
  name: 'stop-api',
  fault: 'SIGTERM of an API under load, during an upload',
  passesWhen: '0 connection resets: requests in progress finish, new connections are refused',
  round: async (lab) => {
    const partner = await lab.partner();
    const load: Load = { answered: new Map(), broken: [] };
    const clients = Array.from({ length: 16 }, () => ask(lab, partner, load));
    await sleep(500);
    const upload = createVoice(partner, 'voice', lab.recordings.long);
    await sleep(50 + Math.random() * 100);
    const startedAt = performance.now();
    const stopped = lab.api.stop();
    const [created] = await Promise.all([upload, ...clients, stopped]);
    const tookMs = Math.round(performance.now() - startedAt);
    expect(load.broken.length === 0, 'no connection was reset', load.broken);
    expect(created.status === 201, 'the upload in progress was finished', created);
    expect((await lab.api.ended) === 'ended with code 0', 'the API exited cleanly', await lab.api.ended);
    await lab.api.start();
    await allSettled(lab, partner, 60_000);
    const answers = [...load.answered].map(([status, count]) => `${count} × ${status}`).join(', ');
    return { recoveryMs: tookMs, note: `answers: ${answers}; resets: 0` };
  },
};

/** The lab sets a grace period of 5 s, and the conversion of the recording takes longer. */
const worker: Fault = {
  name: 'stop-worker',
  fault: 'SIGTERM of a worker during a conversion',
  passesWhen: 'the job is handed back within the grace period, no orphan ffmpeg, the job completes afterwards',
  round: async (lab) => {
    const partner = await lab.partner();
    await lab.ffmpeg.become('slow');
    await createVoice(partner, 'voice', lab.recordings.long);
    await jobIs(lab, partner, 'split', `state = 'running'`);
    await sleep(Math.random() * 1_000);
    const startedAt = performance.now();
    await lab.worker.stop();
    const tookMs = Math.round(performance.now() - startedAt);
    expect(tookMs < 15_000, 'the worker exited within its grace period of 5 s plus 10 s', tookMs);
    expect((await lab.worker.ended) === 'ended with code 0', 'the worker exited cleanly', await lab.worker.ended);
    await expectNoOrphans(lab);
    await jobIs(lab, partner, 'split', `state = 'queued' AND attempts = 0 AND deaths = 0`);
    await lab.ffmpeg.become('real');
    await lab.worker.start();
    const recoveryMs = await allSettled(lab, partner, 60_000);
    await expectOnce(lab, partner, 'voice');
    await expectNothingLeft(lab);
    return { recoveryMs, note: `stopped in ${tookMs} ms` };
  },
};

/** Simulates a power cut that reaches one machine after another. */
const forlorn: Fault = {
  name: 'stop-forlorn',
  fault: 'SIGTERM of an API and a worker while Postgres and Redis are down',
  passesWhen: 'both exit by themselves during or shortly after the grace period, the job completes afterwards',
  round: async (lab) => {
    const partner = await lab.partner();
    await lab.ffmpeg.become('slow');
    await createVoice(partner, 'voice', lab.recordings.long);
    await jobIs(lab, partner, 'split', `state = 'running'`);
    await Promise.all([lab.postgres.stop(), lab.valkey.stop()]);
    await sleep(Math.random() * 3_000);
    const startedAt = performance.now();
    const parts = [lab.api, lab.worker];
    await Promise.all(parts.map((part) => part.stop()));
    const tookMs = Math.round(performance.now() - startedAt);
    for (const part of parts) {
      const how = await part.ended;
      expect(how === 'ended with code 0', `the ${part.name} exited by itself`, how);
    }
    await expectNoOrphans(lab);
    await lab.ffmpeg.become('real');
    await Promise.all([lab.postgres.start(), lab.valkey.start()]);
    await Promise.all(parts.map((part) => part.start()));
    const recoveryMs = await allSettled(lab, partner, 60_000);
    await expectOnce(lab, partner, 'voice');
    await expectNothingLeft(lab);
    return { recoveryMs, note: `stopped in ${tookMs} ms` };
  },
};

export const stoppingFaults: readonly Fault[] = [api, worker, forlorn];
