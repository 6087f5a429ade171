import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestPartner } from '../support/shared-stack.js';
import { processesNaming } from '../support/running-processes.js';
import { details } from '../support/voices.js';
import { waitFor } from '../support/wait-for.js';
import { allSettled, expectAllRunning } from './checks.js';
import { expectNothingLeft } from './collection.js';
import { expect, type Fault } from './fault.js';
import type { Lab } from './lab.js';
import { upload } from './uploads.js';

/** Returns builders of all kinds of long requests. Each call creates a new form. */
async function longRequests(lab: Lab, partner: TestPartner): Promise<readonly (() => [string, RequestInit])[]> {
  const { embedding_zip_url: zip } = await details(partner, 'voice');
  const [long, tiny] = await Promise.all([lab.recordings.long, lab.recordings.tiny].map((file) => readFile(file)));
  const at = (route: string): string => `${lab.baseUrl}${partner.route(route)}`;
  const post = (file: Buffer | undefined, name: string): RequestInit => {
    const body = new FormData();
    body.set('name', name);
    body.set('file', new Blob([new Uint8Array(file ?? [])]), 'a.flac');
    return { method: 'POST', body };
  };
  let made = 0;
  return [
    () => [`${lab.baseUrl}${partner.route()}`, post(long, `gone ${(made += 1)}`)],
    () => [`${at('samples')}/samples`, post(tiny, 'sample')],
    () => [`${at('voice')}/samples/1`, {}],
    () => [`${at('voice')}/samples-bundle`, {}],
    () => [`${at('voice')}/export`, {}],
    () => [`${at('voice')}`, {}],
    () => [`${lab.baseUrl}${partner.route()}`, {}],
    () => [zip ?? '', {}],
  ];
}

/** Sends a request and closes the connection after a while, whether or not the response is complete. */
async function askAndLeave(url: string, init: RequestInit, key: string, afterMs: number): Promise<void> {
  const signal = AbortSignal.timeout(afterMs);
  try {
    const answer = await fetch(url, { ...init, signal, headers: { 'X-Api-Key': key } });
    await answer.arrayBuffer();
  } catch {
    // Expected: this client has disconnected.
  }
}

/**
 * Waits until no voice is in progress and no ffmpeg runs. Both, because an upload that was complete when its client left
 * may still become a voice and be converted.
 */
async function allOver(lab: Lab, partner: TestPartner): Promise<number> {
  const idle = async (): Promise<boolean> => {
    await allSettled(lab, partner, 240_000);
    return (await processesNaming(lab.scratch)).length === 0;
  };
  const startedAt = performance.now();
  await waitFor('no ffmpeg is left behind', idle, { timeoutMs: 240_000 });
  return Math.round(performance.now() - startedAt);
}

const gone: Fault = {
  name: 'clients-gone',
  fault: '500 clients disconnect at random moments of their requests',
  passesWhen: '0 errors in the log; no leftover upload, sample or ffmpeg process; the next client is served',
  inShort: '100 clients',
  round: async (lab, round) => {
    const partner = await lab.partner();
    await upload(lab, partner, 'voice');
    await upload(lab, partner, 'samples');
    await allSettled(lab, partner, 60_000);
    const requests = await longRequests(lab, partner);
    const seenBefore = lab.log.lines.length;
    let left = round.pick(100, 500);
    const client = async (): Promise<void> => {
      for (let at = (left -= 1); at >= 0; at = left -= 1) {
        const [url, init] = requests[at % requests.length]!();
        await askAndLeave(url, init, partner.key, Math.round(1 + Math.random() ** 3 * 250));
      }
    };
    await Promise.all(Array.from({ length: 8 }, client));
    const recoveryMs = await allOver(lab, partner);
    await upload(lab, partner, 'next', lab.recordings.tiny);
    await allSettled(lab, partner, 60_000);
    await expectNothingLeft(lab);
    expectAllRunning(lab);
    // Log lines are written up to a quarter of a second late.
    const cutLines = (): string[] => lab.log.lines.slice(seenBefore).filter((line) => line.includes('"request cut"'));
    await waitFor('the cut requests are logged', () => cutLines().length > 0);
    await sleep(500);
    const errors = lab.log.lines.slice(seenBefore).filter((line) => /^api \| .*"level":[56]0/.test(line));
    expect(errors.length === 0, 'no log line at level error', errors.slice(0, 3));
    return { recoveryMs, note: `${cutLines().length} requests cut` };
  },
};

export const clientFaults: readonly Fault[] = [gone];
