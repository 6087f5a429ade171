import type { TestPartner } from '../support/shared-stack.js';
import { createVoice } from '../support/voices.js';
import { expect } from './fault.js';
import type { Lab } from './lab.js';

/** The outcome of a request. */
export interface Met {
  readonly status: number;
  readonly tookMs: number;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
}

/** Expects a response in time, with a 2xx status or with 503 and Retry-After. */
export async function answered(what: string, withinMs: number, ask: () => Promise<Answer>): Promise<Met> {
  const startedAt = performance.now();
  const { status, headers } = await ask();
  const tookMs = Math.round(performance.now() - startedAt);
  expect(status < 300 || isPolite(status, headers), `${what} is answered 2xx, or 503 with Retry-After`, status);
  expect(tookMs <= withinMs, `${what} is answered within ${withinMs / 1000} s`, tookMs);
  return { status, tookMs };
}

const isPolite = (status: number, headers: Headers): boolean =>
  status === 503 && Number(headers.get('retry-after')) >= 1;

/** Sends one request and expects 503 with Retry-After. @returns the time it took, in milliseconds */
export async function refused(what: string, withinMs: number, ask: () => Promise<Answer>): Promise<number> {
  const { status, tookMs } = await answered(what, withinMs, ask);
  expect(status === 503, `${what} is refused`, status);
  return tookMs;
}

/** Uploads the shortest recording until it is accepted. @returns the time it took, in milliseconds */
export async function uploadInTheEnd(lab: Lab, partner: TestPartner, voice: string, withinMs: number): Promise<number> {
  const startedAt = performance.now();
  for (let tries = 0; ; tries += 1) {
    const name = `${voice}-${tries}`;
    const { status } = await answered('an upload', withinMs, () => createVoice(partner, name, lab.recordings.tiny));
    if (status === 201) return Math.round(performance.now() - startedAt);
    expect(performance.now() - startedAt < 120_000, 'an upload is accepted in the end');
  }
}
