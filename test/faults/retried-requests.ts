import { setTimeout as sleep } from 'node:timers/promises';
import { formWithFile, HttpClient, type Answer } from '../support/http.js';
import type { TestPartner } from '../support/shared-stack.js';
import { waitFor } from '../support/wait-for.js';
import { allSettled, expectOnce } from './checks.js';
import { expectNothingLeft } from './collection.js';
import { expect, type Fault } from './fault.js';
import type { Lab } from './lab.js';

const mostAttempts = 200;

/** What must be true in Postgres when the API is killed. */
const moments = {
  claimed: `FROM idempotency_keys k JOIN partners p ON p.id = k.partner_id WHERE p.name = $1 AND NOT k.answered`,
  committed: `FROM voices v JOIN partners p ON p.id = v.partner_id WHERE p.name = $1 AND v.name = 'committed'`,
} as const;
type Moment = keyof typeof moments;

/** Sends an upload until it is answered, to the APIs in turn, as a client that retries. */
async function uploadPatiently(
  apis: readonly HttpClient[],
  route: string,
  file: string,
  name: string,
): Promise<Answer<unknown>> {
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const api = apis[attempt % apis.length]!;
    const form = await formWithFile(file, { name });
    const answer = await api.post(route, form, { 'Idempotency-Key': `key of ${name}` }).catch(() => null);
    if (answer !== null && answer.status < 500 && !answer.headers.has('retry-after')) return answer;
    await sleep(200);
  }
  throw new Error(`${name} was not answered`);
}

/** Kills the API that works at the first of many equal uploads. @returns the time until all had their answer */
async function killDuring(
  moment: Moment,
  copies: number,
  lab: Lab,
  partner: TestPartner,
  beside: HttpClient,
): Promise<number> {
  const file = lab.recordings.minute;
  const killed = new HttpClient(lab.baseUrl, partner.key);
  const upload = (first: HttpClient, second: HttpClient): Promise<Answer<unknown>> =>
    uploadPatiently([first, second], partner.route(), file, moment);
  const answers = [upload(killed, beside)];
  const isReached = async (): Promise<boolean> =>
    (await lab.sql(`SELECT ${moments[moment]}`, [partner.name])).length > 0;
  await waitFor(`the first upload is ${moment}`, isReached, { everyMs: 2 });
  for (let at = 1; at < copies; at += 1) answers.push(at % 2 === 0 ? upload(killed, beside) : upload(beside, killed));
  lab.api.kill('SIGKILL');
  await lab.api.ended;
  const killedAt = performance.now();
  await lab.api.start();
  const all = await Promise.all(answers);
  const recoveryMs = performance.now() - killedAt;
  const [first, ...others] = all.map(({ status, headers, body }) =>
    JSON.stringify([status, headers.get('location'), body]),
  );
  expect(all[0]?.status === 201, 'the voice was created', all[0]);
  expect(
    others.every((answer) => answer === first),
    'all answers are equal',
    [...new Set([first, ...others])],
  );
  return recoveryMs;
}

/** Expects that a partner has these voices, each split and embedded once. */
async function expectOnlyThese(lab: Lab, partner: TestPartner, names: readonly string[]): Promise<void> {
  await allSettled(lab, partner, 60_000);
  const { body } = await partner.http.get<{ name: string }[]>(partner.route());
  expect(body.map(({ name }) => name).join() === names.join(), 'there is one voice of each key', body);
  for (const name of names) await expectOnce(lab, partner, name);
}

const killed: Fault = {
  name: 'idempotency-kill',
  fault:
    '50 equal uploads with one Idempotency-Key to two APIs, kill -9 of the one that works, before and after its commit',
  passesWhen: 'one voice, one split, one GPU job, 50 equal answers; another body gets 409',
  inShort: '10 equal uploads',
  round: async (lab, round) => {
    const partner = await lab.partner();
    const second = await lab.startApiBeside({});
    const names = ['claimed', 'committed'] as const;
    const times: number[] = [];
    try {
      const beside = new HttpClient(second.baseUrl, partner.key);
      for (const moment of names) times.push(await killDuring(moment, round.pick(10, 50), lab, partner, beside));
      const other = await uploadPatiently([beside], partner.route(), lab.recordings.tiny, 'claimed');
      expect(other.status === 409, 'another file is refused', other);
    } finally {
      await second.process.stop();
    }
    await expectOnlyThese(lab, partner, names);
    await expectNothingLeft(lab);
    const [beforeMs = 0, afterMs = 0] = times.map(Math.round);
    return { recoveryMs: beforeMs, note: `${afterMs} ms after the commit` };
  },
};

export const retriedRequestFaults: readonly Fault[] = [killed];
