import type { Answer, Body } from '../../support/http.js';
import type { TestPartner } from '../../support/shared-stack.js';
import { settled, type Details } from '../../support/voices.js';
import { waitFor } from '../../support/wait-for.js';
import { toneForm } from './tone.js';

/** The body of an error response. */
export interface Failure {
  readonly detail: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
}

/** Returns the status and the detail of an error response. */
export const said = (answer: Answer<unknown>): { status: number; detail: string } => ({
  status: answer.status,
  detail: (answer.body as Failure).detail,
});

function demand<T>(what: string, answer: Answer<T>, status: number): T {
  if (answer.status === status) return answer.body;
  throw new Error(`${what}: ${answer.status} ${JSON.stringify(answer.body)}`);
}

/** Creates a voice without samples. */
export async function emptyVoice(partner: TestPartner, name: string): Promise<Details> {
  return demand(name, await partner.http.post<Details>(`${partner.route()}/empty`, { name }), 201);
}

/** Adds a sample to a voice. @returns its index */
export async function addSample(partner: TestPartner, voice: string, seconds = 1.5): Promise<number> {
  const answer = await partner.http.post<{ index: number }>(`${partner.route(voice)}/samples`, toneForm(seconds));
  return demand(`sample of ${voice}`, answer, 201).index;
}

/** Creates a voice with `count` uploaded samples. */
export async function voiceOfSamples(partner: TestPartner, name: string, count: number): Promise<Details> {
  await emptyVoice(partner, name);
  for (let made = 0; made < count; made += 1) await addSample(partner, name);
  return settled(partner, name);
}

/** Creates a voice from a recording of a tone and waits until it is finished. It has one sample for each 15 s. */
export async function toneVoice(partner: TestPartner, name: string, seconds = 31): Promise<Details> {
  demand(name, await partner.http.post<Details>(partner.route(), toneForm(seconds, { name })), 201);
  return settled(partner, name);
}

/** Starts a split or an embedding and waits until it ends. */
export async function finished(
  partner: TestPartner,
  voice: string,
  work: 'split' | 'embed',
  body?: Body,
): Promise<Details> {
  demand(`${work} ${voice}`, await partner.http.post<Details>(`${partner.route(voice)}/${work}`, body), 202);
  return settled(partner, voice);
}

/** JSON about a speech. */
export interface Speech {
  readonly id: string;
  readonly status: string;
  readonly text: string;
  readonly sample_index: number;
  readonly seed: number;
  readonly duration: number | null;
  readonly error: string | null;
}

/** Lets a voice speak a text and waits until that has ended. */
export async function spoken(partner: TestPartner, voice: string, text: string): Promise<Speech> {
  const made = demand('speak', await partner.http.post<Speech>(`${partner.route(voice)}/speak`, { text }), 202);
  return speechEnded(partner, voice, made.id);
}

/** Waits until a speech has ended. */
export function speechEnded(partner: TestPartner, voice: string, id: string): Promise<Speech> {
  const path = `${partner.route(voice)}/speech/${id}`;
  return waitFor('the speech has ended', async () => {
    const answer = await partner.http.get<Speech>(path, { Accept: 'application/json' });
    return answer.status === 202 ? undefined : demand(path, answer, 200);
  });
}

/** Copies an object without some of its fields. */
export function without<T extends object>(whole: T, ...fields: readonly string[]): Partial<T> {
  return Object.fromEntries(Object.entries(whole).filter(([name]) => !fields.includes(name))) as Partial<T>;
}
