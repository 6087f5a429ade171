import { Redis } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestPartner } from '../support/shared-stack.js';
import { waitFor } from '../support/wait-for.js';
import { allSettled, expectOnce } from './checks.js';
import { expect, type Fault } from './fault.js';
import type { Lab } from './lab.js';
import { numbered, uploadMany } from './uploads.js';

async function tell(lab: Lab, ...command: [string, ...string[]]): Promise<void> {
  const redis = new Redis(lab.valkeyPort, '127.0.0.1');
  await redis.call(...command);
  redis.disconnect();
}

async function expectAllOnce(lab: Lab, partner: TestPartner, names: readonly string[]): Promise<void> {
  for (const name of names) await expectOnce(lab, partner, name);
}

const flushed: Fault = {
  name: 'redis-flush',
  fault: 'FLUSHALL with 100 jobs waiting and running',
  passesWhen: '100 of 100 terminal, each effect once',
  inShort: '40 jobs',
  round: async (lab, round) => {
    const partner = await lab.partner();
    const names = numbered(round.pick(40, 100));
    const uploading = uploadMany(lab, partner, names);
    await sleep(1_000);
    await tell(lab, 'FLUSHALL');
    await uploading;
    await tell(lab, 'FLUSHALL');
    const recoveryMs = await allSettled(lab, partner, 180_000);
    await expectAllOnce(lab, partner, names);
    return { recoveryMs, note: `${names.length} of ${names.length}` };
  },
};

const down: Fault = {
  name: 'redis-down',
  fault: 'Redis down for 60 s during uploads',
  passesWhen: 'every upload 2xx, p99 under 1 s or three times that of uploads before, all jobs terminal afterwards',
  inShort: '5 s',
  alone: true,
  longSeconds: 100,
  round: async (lab, round) => {
    const partner = await lab.partner();
    const before = numbered(8).map((name) => `before-${name}`);
    const slowestBefore = Math.max(...(await uploadMany(lab, partner, before)));
    await lab.valkey.stop();
    const downUntil = performance.now() + round.pick(5_000, 60_000);
    const durations: number[] = [];
    const names = [...before];
    while (performance.now() < downUntil) {
      const batch = numbered(2).map((name) => `${names.length}-${name}`);
      durations.push(...(await uploadMany(lab, partner, batch)));
      names.push(...batch);
      await sleep(round.pick(50, 1_000));
    }
    await lab.valkey.start();
    const recoveryMs = await allSettled(lab, partner, 120_000);
    await expectAllOnce(lab, partner, names);
    const p99 = Math.round(durations.sort((a, b) => a - b)[Math.ceil(durations.length * 0.99) - 1] ?? 0);
    const bar = Math.max(1_000, 3 * slowestBefore);
    expect(p99 < bar, `p99 of uploads is under ${bar} ms`, p99);
    return { recoveryMs, note: `${names.length} uploads, p99 ${p99} ms` };
  },
};

/** Open connections die, new ones work. A client that never checks its connection waits forever. */
const halfOpen: Fault = {
  name: 'redis-half-open',
  fault: 'Redis half-open',
  passesWhen: 'noticed ≤ 30 s, 0 accepted jobs lost',
  lab: { apart: 'its clients must not have just reconnected after another fault' },
  round: async (lab) => {
    const partner = await lab.partner();
    await uploadMany(lab, partner, ['before']);
    for (const proxy of [lab.apiRedis, lab.workerRedis]) {
      proxy.blackHole();
      await proxy.pass();
    }
    const brokeAt = performance.now();
    await uploadMany(lab, partner, numbered(5));
    // Deliveries over the dead connections are repeated later. This measures when both sides use new connections.
    const sinceBroken = (): number => Math.round(performance.now() - brokeAt);
    await allSettled(lab, partner, 45_000, 'splitting_status');
    await waitFor('the API sees Redis again', () => apiSeesRedis(lab), { timeoutMs: 30_000 });
    const noticedMs = sinceBroken();
    await allSettled(lab, partner, 45_000 - noticedMs);
    const recoveryMs = sinceBroken();
    await expectAllOnce(lab, partner, ['before', ...numbered(5)]);
    expect(noticedMs <= 30_000, 'the dead connections were noticed within 30 s', noticedMs);
    return { recoveryMs, note: `noticed after ${noticedMs} ms` };
  },
};

async function apiSeesRedis(lab: Lab): Promise<boolean> {
  const answer = await fetch(`${lab.baseUrl}/health/ready`);
  const { dependencies } = (await answer.json()) as { dependencies: { redis: string } };
  return dependencies.redis === 'up';
}

const atMaxmemory: Fault = {
  name: 'redis-maxmemory',
  fault: 'Redis at maxmemory',
  passesWhen: '0 accepted jobs lost',
  round: async (lab, round) => {
    const partner = await lab.partner();
    await tell(lab, 'CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
    await tell(lab, 'CONFIG', 'SET', 'maxmemory', '1');
    const names = numbered(round.pick(5, 20));
    await uploadMany(lab, partner, names);
    await sleep(round.pick(3_000, 15_000));
    await tell(lab, 'CONFIG', 'SET', 'maxmemory', '0');
    const recoveryMs = await allSettled(lab, partner, 60_000);
    await expectAllOnce(lab, partner, names);
    return { recoveryMs };
  },
};

/** Valkey writes nothing to disk here, so each restart also wipes it, possibly in the middle of a delivery. */
const restarted: Fault = {
  name: 'redis-restart',
  fault: 'Redis restarted repeatedly during uploads, which also wipes it',
  passesWhen: 'all terminal, each effect once',
  round: async (lab, round) => {
    const partner = await lab.partner();
    const names = numbered(round.pick(10, 30));
    let isUploading = true;
    const uploading = uploadMany(lab, partner, names).finally(() => (isUploading = false));
    while (isUploading) {
      await sleep(100 + Math.random() * 300);
      await lab.valkey.stop();
      await lab.valkey.start();
    }
    await uploading;
    const recoveryMs = await allSettled(lab, partner, 120_000);
    await expectAllOnce(lab, partner, names);
    return { recoveryMs };
  },
};

/** The outage is longer than ioredis retries one command, so that the first commands of Bull have failed. */
const atBoot: Fault = {
  name: 'redis-boot',
  fault: 'API and worker started while Redis is down for 60 s',
  passesWhen: 'both start, and process jobs within 30 s of its return',
  inShort: '35 s',
  longSeconds: 80,
  round: async (lab, round) => {
    const partner = await lab.partner();
    await lab.valkey.stop();
    for (const part of [lab.worker, lab.api]) {
      part.kill('SIGKILL');
      await part.ended;
      await part.start();
    }
    await uploadMany(lab, partner, numbered(3));
    await sleep(round.pick(35_000, 60_000));
    await lab.valkey.start();
    const recoveryMs = await allSettled(lab, partner, 30_000);
    await expectAllOnce(lab, partner, numbered(3));
    return { recoveryMs };
  },
};

export const redisFaults: readonly Fault[] = [flushed, restarted, down, atBoot, halfOpen, atMaxmemory];
