import fc from 'fast-check';
import { formWithFile, type Answer } from './http.js';
import { isBusy, lockedSentence, shownBy, VoiceModel, type ContractModel, type KnownRecording } from './model.js';
import type { TestPartner } from './shared-stack.js';
import { settled, type Details } from './voices.js';

/** The Timbre that the model is compared with, and what can happen to it. */
export interface RealTimbre {
  readonly partner: TestPartner;
  readonly recordings: readonly KnownRecording[];
  readonly disasters: Readonly<Record<string, () => Promise<void>>>;
}

type Command = fc.AsyncCommand<ContractModel, RealTimbre>;
/** One sequence of commands. */
export type ContractRun = Iterable<Command>;

interface Problem {
  readonly detail: string;
}

/** What a request must be answered when nothing is under way, and what it changes in the model. */
interface Expected {
  readonly status: number;
  readonly detail?: string;
  readonly apply?: (body: unknown) => void;
}

const settleWithinMs = 60_000;

function differs(what: string, seen: unknown, wanted: unknown): never {
  throw new Error(`${what} differs: Timbre ${JSON.stringify(seen)}, contract ${JSON.stringify(wanted)}`);
}

function command(name: string, run: (model: ContractModel, real: RealTimbre) => Promise<void>): Command {
  return { check: () => true, run, toString: () => name };
}

function compare(name: string, answer: Answer<unknown>, { status, detail, apply }: Expected): void {
  const said = (answer.body as Problem | null)?.detail;
  if (answer.status !== status || (detail !== undefined && said !== detail)) {
    differs(name, { status: answer.status, detail: said }, { status, detail });
  }
  apply?.(answer.body);
}

/** A change of one voice: 404 without it, 409 at most while something is under way, else as the model says. */
function change(
  name: string,
  voiceName: string,
  send: (real: RealTimbre) => Promise<Answer<unknown>>,
  expected: (voice: VoiceModel, model: ContractModel) => Expected,
): Command {
  return command(`${name} ${voiceName}`, async (model, real) => {
    const answer = await send(real);
    const voice = model.get(voiceName);
    if (!voice) return compare(name, answer, { status: 404, detail: 'Voice not found' });
    const isLocked = answer.status === 409 && (answer.body as Problem).detail === lockedSentence;
    if (isLocked && voice.pending !== null) return;
    voice.settle(); // it was not locked, so what was under way has ended
    compare(name, answer, expected(voice, model));
  });
}

const voiceRoute = ({ partner }: RealTimbre, voice: string, rest = ''): string => `${partner.route(voice)}${rest}`;

function expectShown(name: string, voice: VoiceModel, details: Details): void {
  voice.settle();
  const [seen, wanted] = [shownBy(details), voice.shown()];
  if (JSON.stringify(seen) !== JSON.stringify(wanted)) differs(`details of ${name}`, seen, wanted);
}

/** Waits for the end of everything and compares every voice. */
export async function compareAll(model: ContractModel, real: RealTimbre): Promise<void> {
  for (const [name, voice] of model) expectShown(name, voice, await settled(real.partner, name, settleWithinMs));
  const { body } = await real.partner.http.get<{ name: string }[]>(real.partner.route());
  const names = body.map((voice) => voice.name);
  const wanted = [...model.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  if (names.join('\n') !== wanted.join('\n')) differs('the list of voices', names, wanted);
}

const create = (name: string, at: number): Command =>
  command(`create ${name}`, async (model, real) => {
    const recording = real.recordings[at % real.recordings.length]!;
    const answer = await real.partner.http.post(real.partner.route(), await formWithFile(recording.file, { name }));
    const made = { status: 201, apply: () => void model.set(name, new VoiceModel(recording.seconds)) };
    compare('create', answer, model.has(name) ? { status: 409, detail: 'Voice already exists' } : made);
  });

const createEmpty = (name: string): Command =>
  command(`create empty ${name}`, async (model, real) => {
    const answer = await real.partner.http.post(`${real.partner.route()}/empty`, { name });
    const made = { status: 201, apply: () => void model.set(name, new VoiceModel(null)) };
    compare('create empty', answer, model.has(name) ? { status: 409, detail: 'Voice already exists' } : made);
  });

const uploadSample = (name: string): Command =>
  change(
    'upload a sample to',
    name,
    async (real) =>
      real.partner.http.post(voiceRoute(real, name, '/samples'), await formWithFile(real.recordings[0]!.file)),
    (voice) => ({
      status: 201,
      apply: (body) => {
        const { index } = body as { index: number };
        const wanted = voice.addSample((body as { duration: number }).duration);
        if (index !== wanted) differs('the index of an uploaded sample', index, wanted);
      },
    }),
  );

const removeSample = (name: string, index: number): Command =>
  change(
    `remove sample ${index} of`,
    name,
    (real) => real.partner.http.delete(voiceRoute(real, name, `/samples/${index}`)),
    (voice) =>
      voice.has(index)
        ? { status: 204, apply: () => voice.removeSample(index) }
        : { status: 404, detail: 'Sample not found' },
  );

const split = (name: string, windowSeconds: number, maxSamples: number): Command =>
  change(
    `split by ${windowSeconds} s, ${maxSamples} at most,`,
    name,
    (real) =>
      real.partner.http.post(voiceRoute(real, name, '/split'), {
        sample_duration: windowSeconds,
        max_samples: maxSamples,
      }),
    (voice) =>
      voice.recordingSeconds === null
        ? { status: 409, detail: 'Voice has no original recording' }
        : { status: 202, apply: () => (voice.pending = { kind: 'split', windowSeconds, maxSamples }) },
  );

const embed = (name: string): Command =>
  change(
    'embed',
    name,
    (real) => real.partner.http.post(voiceRoute(real, name, '/embed')),
    (voice) =>
      voice.samples.length === 0
        ? { status: 409, detail: 'Voice has no samples' }
        : { status: 202, apply: () => (voice.pending = { kind: 'embed' }) },
  );

const prefer = (name: string, index: number | null): Command =>
  change(
    `prefer ${index} of`,
    name,
    (real) => real.partner.http.put(voiceRoute(real, name, '/preferred-sample'), { sample_index: index }),
    (voice) => {
      if (index !== null && !voice.has(index)) return { status: 404, detail: 'Sample not found' };
      return { status: 200, apply: () => (voice.preferred = index === null ? null : { index, by: 'person' }) };
    },
  );

const rename = (from: string, to: string): Command =>
  change(
    `rename to ${to}:`,
    from,
    (real) => real.partner.http.put(voiceRoute(real, from, '/name'), { name: to }),
    (voice, model) => {
      if (from !== to && model.has(to)) return { status: 409, detail: 'Voice already exists' };
      return { status: 200, apply: () => void (model.delete(from) && model.set(to, voice)) };
    },
  );

const remove = (name: string): Command =>
  change(
    'delete',
    name,
    (real) => real.partner.http.delete(voiceRoute(real, name)),
    (_voice, model) => ({ status: 204, apply: () => void model.delete(name) }),
  );

const look = (name: string): Command =>
  command(`look at ${name}`, async (model, real) => {
    const answer = await real.partner.http.get<Details>(voiceRoute(real, name));
    const voice = model.get(name);
    compare('look', answer, voice ? { status: 200 } : { status: 404, detail: 'Voice not found' });
    if (!voice) return;
    if (!isBusy(answer.body)) return expectShown(name, voice, answer.body);
    if (voice.pending === null) differs(`status of ${name}`, answer.body.status, 'nothing in progress');
  });

const settleAll: Command = command('wait for the end of everything', compareAll);

const disaster = (name: string): Command => command(name, async (_model, real) => real.disasters[name]?.());

/** Random sequences of what a partner may ask and of what may go wrong. */
export function contractCommands(disasters: readonly string[], maxCommands: number): fc.Arbitrary<ContractRun> {
  const name = fc.constantFrom('anna', 'B\u00f6 b', '\u65e5\u672c');
  const index = fc.integer({ min: 1, max: 6 });
  return fc.commands(
    [
      fc.tuple(name, fc.nat({ max: 1 })).map(([voice, at]) => create(voice, at)),
      name.map(createEmpty),
      name.map(uploadSample),
      fc.tuple(name, index).map(([voice, at]) => removeSample(voice, at)),
      fc
        .tuple(name, fc.constantFrom(15, 20, 30, 60), fc.integer({ min: 1, max: 6 }))
        .map(([voice, window, most]) => split(voice, window, most)),
      name.map(embed),
      fc.tuple(name, fc.option(index)).map(([voice, at]) => prefer(voice, at)),
      fc.tuple(name, name).map(([from, to]) => rename(from, to)),
      name.map(remove),
      name.map(look),
      fc.constant(settleAll),
      fc.constantFrom(...disasters).map(disaster),
    ],
    { maxCommands, size: 'max' },
  );
}
