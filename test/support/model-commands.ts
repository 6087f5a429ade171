import fc from 'fast-check';
import { expectFound, factCommands, newFacts } from './fact-commands.js';
import { formWithFile, type Answer } from './http.js';
import {
  always,
  change,
  command,
  compare,
  differs,
  expectShown,
  voiceRoute,
  type Command,
  type RealTimbre,
} from './model-command.js';
import { inForm, noFacts, withFacts, type GivenFacts } from './model-facts.js';
import { isBusy, VoiceModel, type ContractModel } from './model.js';
import { expectConsents, expectWebhooks, partnerCommands } from './partner-commands.js';
import { noteVoice, repeat, sendOnce } from './repeated-requests.js';
import { runCommands } from './run-commands.js';
import { settled, type Details } from './voices.js';

/** One sequence of commands. */
export type ContractRun = Iterable<Command>;

const settleWithinMs = 60_000;

/** Waits until nothing is in progress and compares everything. */
export async function compareAll(model: ContractModel, real: RealTimbre): Promise<void> {
  for (const [name, voice] of model.voices) {
    expectShown(name, voice, await settled(real.partner, name, settleWithinMs));
    await expectConsents(name, voice, real);
  }
  await expectFound(model, real, {});
  await expectWebhooks(model, real);
}

/** Compares the answer to the creation of a voice. */
function created(
  { voices }: ContractModel,
  real: RealTimbre,
  answer: Answer<unknown>,
  { name, seconds, given }: { readonly name: string; readonly seconds: number | null; readonly given: GivenFacts },
): void {
  const apply = (body: unknown): void => {
    const voice = new VoiceModel((body as Details).id, seconds, withFacts(noFacts, given));
    voices.set(name, voice);
    noteVoice(real, voice);
  };
  const exists = { status: 409, detail: 'Voice already exists' };
  compare('create', answer, voices.has(name) ? exists : { status: 201, apply });
}

const create = (name: string, at: number, given: GivenFacts): Command =>
  command(`create ${name} with ${JSON.stringify(given)}`, async (model, real) => {
    const { file, seconds } = real.recordings[at % real.recordings.length]!;
    const form = () => formWithFile(file, { name, ...inForm(given) });
    created(model, real, await sendOnce(real, null, real.partner.route(), form), { name, seconds, given });
  });

const createEmpty = (name: string, given: GivenFacts): Command =>
  command(`create empty ${name} with ${JSON.stringify(given)}`, async (model, real) => {
    const answer = await sendOnce(real, null, `${real.partner.route()}/empty`, async () => ({ name, ...given }));
    created(model, real, answer, { name, seconds: null, given });
  });

const uploadSample = (name: string): Command =>
  change(
    'upload a sample to',
    name,
    (real) => sendOnce(real, name, voiceRoute(real, name, '/samples'), () => formWithFile(real.recordings[0]!.file)),
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
      sendOnce(real, name, voiceRoute(real, name, '/split'), async () => ({
        sample_duration: windowSeconds,
        max_samples: maxSamples,
      })),
    (voice) =>
      voice.recordingSeconds === null
        ? { status: 409, detail: 'Voice has no original recording' }
        : { status: 202, apply: () => voice.split(windowSeconds, maxSamples) },
  );

const embed = (name: string): Command =>
  change(
    'embed',
    name,
    (real) => sendOnce(real, name, voiceRoute(real, name, '/embed')),
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
    (voice, { voices }) => {
      if (from !== to && voices.has(to)) return { status: 409, detail: 'Voice already exists' };
      return { status: 200, apply: () => void (voices.delete(from) && voices.set(to, voice)) };
    },
  );

const remove = (name: string): Command =>
  change(
    'delete',
    name,
    (real) => real.partner.http.delete(voiceRoute(real, name)),
    (_voice, { voices }) => ({ status: 204, apply: () => void voices.delete(name) }),
  );

const removeByForce = (name: string): Command =>
  always(
    'delete by force',
    name,
    (real) => real.partner.http.delete(voiceRoute(real, name, '?force=true')),
    (_voice, { voices }) => ({ status: 204, apply: () => void voices.delete(name) }),
  );

/** Ends what is in progress. If it has ended by itself, there is nothing to cancel. */
const cancel = (name: string): Command =>
  command(`cancel ${name}`, async (model, real) => {
    const answer = await sendOnce(real, name, voiceRoute(real, name, '/cancel'));
    const voice = model.voices.get(name);
    if (voice) noteVoice(real, voice);
    if (!voice) return compare('cancel', answer, { status: 404, detail: 'Voice not found' });
    if (answer.status !== 202 || voice.pending === null) {
      compare('cancel', answer, { status: 409, detail: 'Voice is not being processed' });
      return voice.settle();
    }
    voice.cancel(answer.body as Details);
    expectShown(name, voice, answer.body as Details);
  });

/** Sends an earlier request again, maybe after faults, renames and deletions. */
const repeatEarlier = (at: number): Command =>
  command(`repeat the request ${at} before`, async (model, real) => {
    const request = real.sent.at(-1 - (at % Math.max(real.sent.length, 1)));
    const difference = request && (await repeat(model, request));
    if (difference) differs('the answer to a repeated request', difference, request?.voiceName);
  });

const look = (name: string): Command =>
  command(`look at ${name}`, async (model, real) => {
    const answer = await real.partner.http.get<Details>(voiceRoute(real, name));
    const voice = model.voices.get(name);
    compare('look', answer, voice ? { status: 200 } : { status: 404, detail: 'Voice not found' });
    if (!voice) return;
    if (!isBusy(answer.body)) return expectShown(name, voice, answer.body);
    if (voice.pending === null) differs(`status of ${name}`, answer.body.status, 'nothing in progress');
  });

const settleAll: Command = command('wait for the end of everything', compareAll);

const disaster = (name: string): Command => command(name, async (_model, real) => real.disasters[name]?.());

/** Generates random sequences of a partner's requests and of faults. */
export function contractCommands(disasters: readonly string[], maxCommands: number): fc.Arbitrary<ContractRun> {
  const name = fc.constantFrom('anna', 'B\u00f6 b', '\u65e5\u672c');
  const index = fc.integer({ min: 1, max: 6 });
  return fc.commands(
    [
      fc.tuple(name, fc.nat({ max: 1 }), newFacts).map(([voice, at, given]) => create(voice, at, given)),
      fc.tuple(name, newFacts).map(([voice, given]) => createEmpty(voice, given)),
      name.map(uploadSample),
      fc.tuple(name, index).map(([voice, at]) => removeSample(voice, at)),
      fc
        .tuple(name, fc.constantFrom(15, 20, 30, 60), fc.integer({ min: 1, max: 6 }))
        .map(([voice, window, most]) => split(voice, window, most)),
      name.map(embed),
      fc.tuple(name, fc.option(index)).map(([voice, at]) => prefer(voice, at)),
      fc.tuple(name, name).map(([from, to]) => rename(from, to)),
      name.map(remove),
      name.map(removeByForce),
      name.map(cancel),
      name.map(look),
      ...factCommands(name),
      ...partnerCommands(name),
      ...runCommands(name),
      fc.nat({ max: 9 }).map(repeatEarlier),
      fc.constant(settleAll),
      fc.constantFrom(...disasters).map(disaster),
    ],
    { maxCommands, size: 'max' },
  );
}
