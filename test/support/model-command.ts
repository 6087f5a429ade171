import type fc from 'fast-check';
import type { Answer } from './http.js';
import { lockedSentence, shownBy, type ContractModel, type KnownRecording, type VoiceModel } from './model.js';
import { noteVoice, type Sender } from './repeated-requests.js';
import type { Details } from './voices.js';

/** The Timbre that the model is compared with, and the faults to inject into it. */
export interface RealTimbre extends Sender {
  readonly recordings: readonly KnownRecording[];
  readonly disasters: Readonly<Record<string, () => Promise<void>>>;
}

export type Command = fc.AsyncCommand<ContractModel, RealTimbre>;
interface Problem {
  readonly detail: string;
}

/** The answer that a request must get while nothing is in progress, and its change in the model. */
export interface Expected {
  readonly status: number;
  readonly detail?: string;
  readonly apply?: (body: unknown) => void;
}

export function differs(what: string, seen: unknown, wanted: unknown): never {
  throw new Error(`${what} differs: Timbre ${JSON.stringify(seen)}, contract ${JSON.stringify(wanted)}`);
}

export function command(name: string, run: (model: ContractModel, real: RealTimbre) => Promise<void>): Command {
  return { check: () => true, run, toString: () => name };
}

export function compare(name: string, answer: Answer<unknown>, { status, detail, apply }: Expected): void {
  const said = (answer.body as Problem | null)?.detail;
  if (answer.status !== status || (detail !== undefined && said !== detail)) {
    differs(name, { status: answer.status, detail: said }, { status, detail });
  }
  apply?.(answer.body);
}

/** A change of one voice: 404 if it does not exist, 409 only while something is in progress, otherwise as in the model. */
export function change(
  name: string,
  voiceName: string,
  send: (real: RealTimbre) => Promise<Answer<unknown>>,
  expected: (voice: VoiceModel, model: ContractModel) => Expected,
): Command {
  return command(`${name} ${voiceName}`, async (model, real) => {
    const sentBefore = real.sent.length;
    const answer = await send(real);
    const voice = model.voices.get(voiceName);
    if (real.sent.length > sentBefore) noteVoice(real, voice);
    if (!voice) return compare(name, answer, { status: 404, detail: 'Voice not found' });
    const isLocked = answer.status === 409 && (answer.body as Problem).detail === lockedSentence;
    if (isLocked && voice.pending !== null) return;
    voice.settle(); // it was not locked, so what was under way has ended
    compare(name, answer, expected(voice, model));
  });
}

/** A request about one voice that is not refused while something is in progress: 404 if the voice does not exist. */
export function always(
  name: string,
  voiceName: string,
  send: (real: RealTimbre, voice: VoiceModel | undefined) => Promise<Answer<unknown>>,
  expected: (voice: VoiceModel, model: ContractModel) => Expected,
): Command {
  return command(`${name} ${voiceName}`, async (model, real) => {
    const sentBefore = real.sent.length;
    const voice = model.voices.get(voiceName);
    const answer = await send(real, voice);
    if (real.sent.length > sentBefore) noteVoice(real, voice);
    compare(name, answer, voice ? expected(voice, model) : { status: 404, detail: 'Voice not found' });
  });
}

export const voiceRoute = ({ partner }: RealTimbre, voice: string, rest = ''): string =>
  `${partner.route(voice)}${rest}`;

export function expectShown(name: string, voice: VoiceModel, details: Details): void {
  voice.settle();
  const [seen, wanted] = [shownBy(details), voice.shown()];
  if (JSON.stringify(seen) !== JSON.stringify(wanted)) differs(`details of ${name}`, seen, wanted);
}
