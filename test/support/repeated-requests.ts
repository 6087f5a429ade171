import { randomUUID } from 'node:crypto';
import type { Answer, Body } from './http.js';
import type { ContractModel, VoiceModel } from './model.js';
import type { TestPartner } from './shared-stack.js';

/** A POST whose answer is kept for its `Idempotency-Key`. */
export interface SentRequest {
  readonly answer: Answer<unknown>;
  send(): Promise<Answer<unknown>>;
  /** The voice in its URL; null if it creates one. */
  readonly voiceName: string | null;
  /** The voice that it changed or made. Its answer is deleted with that voice. */
  voice?: VoiceModel | undefined;
}

/** Where requests are sent to, and those that may be repeated. */
export interface Sender {
  readonly partner: TestPartner;
  readonly sent: SentRequest[];
}

interface Problem {
  readonly detail?: string;
}
const detailOf = ({ body }: Answer<unknown>): string | undefined => (body as Problem | null)?.detail;

/** Sends a POST with a new `Idempotency-Key`, and remembers it unless its voice was not found: that answer is not kept. */
export async function sendOnce(
  { partner, sent }: Sender,
  voiceName: string | null,
  route: string,
  body: () => Promise<Body | undefined> = async () => undefined,
): Promise<Answer<unknown>> {
  const headers = { 'Idempotency-Key': randomUUID() };
  const send = async (): Promise<Answer<unknown>> => partner.http.post(route, await body(), headers);
  const answer = await send();
  if (detailOf(answer) !== 'Voice not found') sent.push({ answer, send, voiceName });
  return answer;
}

/** Notes which voice the last request was about. */
export function noteVoice({ sent }: Sender, voice: VoiceModel | undefined): void {
  const last = sent.at(-1);
  if (last) last.voice ??= voice;
}

/** Sends a request again. @returns how its answer differs from the one that it must get; null if it does not */
export async function repeat({ voices }: ContractModel, request: SentRequest): Promise<object | null> {
  const { answer: first, voice, voiceName } = request;
  const again = await request.send();
  const said = { status: again.status, detail: detailOf(again) };
  if (voice && ![...voices.values()].includes(voice)) {
    const isFound = voiceName === null || voices.has(voiceName);
    const wanted = isFound
      ? { status: 409, detail: 'The answer to this Idempotency-Key was deleted' }
      : { status: 404, detail: 'Voice not found' };
    return JSON.stringify(said) === JSON.stringify(wanted) ? null : { said, wanted };
  }
  const wanted = [first.status, 'true', first.body];
  const given = [again.status, again.headers.get('idempotent-replayed'), again.body];
  return JSON.stringify(given) === JSON.stringify(wanted) ? null : { given, wanted };
}
