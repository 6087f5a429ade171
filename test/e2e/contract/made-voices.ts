import type { Answer, Body } from '../../support/http.js';
import type { TestPartner } from '../../support/shared-stack.js';
import { settled, type Details } from '../../support/voices.js';
import { toneForm } from './tone.js';

/** A failure as it is answered. */
export interface Failure {
  readonly detail: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
}

/** Status and sentence of an answer that should be a failure. */
export const said = (answer: Answer<unknown>): { status: number; detail: string } => ({
  status: answer.status,
  detail: (answer.body as Failure).detail,
});

function demand<T>(what: string, answer: Answer<T>, status: number): T {
  if (answer.status === status) return answer.body;
  throw new Error(`${what}: ${answer.status} ${JSON.stringify(answer.body)}`);
}

/** A voice without anything. */
export async function emptyVoice(partner: TestPartner, name: string): Promise<Details> {
  return demand(name, await partner.http.post<Details>(`${partner.route()}/empty`, { name }), 201);
}

/** Adds a sample to a voice. @returns its index */
export async function addSample(partner: TestPartner, voice: string, seconds = 1.5): Promise<number> {
  const answer = await partner.http.post<{ index: number }>(`${partner.route(voice)}/samples`, toneForm(seconds));
  return demand(`sample of ${voice}`, answer, 201).index;
}

/** A voice with so many uploaded samples. */
export async function voiceOfSamples(partner: TestPartner, name: string, count: number): Promise<Details> {
  await emptyVoice(partner, name);
  for (let made = 0; made < count; made += 1) await addSample(partner, name);
  return settled(partner, name);
}

/** A voice made from a recording of a tone, finished: one sample for each 15 s. */
export async function toneVoice(partner: TestPartner, name: string, seconds = 31): Promise<Details> {
  demand(name, await partner.http.post<Details>(partner.route(), toneForm(seconds, { name })), 201);
  return settled(partner, name);
}

/** Starts a split or an embedding and waits for its end. */
export async function finished(
  partner: TestPartner,
  voice: string,
  work: 'split' | 'embed',
  body?: Body,
): Promise<Details> {
  demand(`${work} ${voice}`, await partner.http.post<Details>(`${partner.route(voice)}/${work}`, body), 202);
  return settled(partner, voice);
}

/** An object without some of its fields. */
export function without<T extends object>(whole: T, ...fields: readonly string[]): Partial<T> {
  return Object.fromEntries(Object.entries(whole).filter(([name]) => !fields.includes(name))) as Partial<T>;
}
