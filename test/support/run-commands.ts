import fc from 'fast-check';
import { command, compare, differs, expectShown, voiceRoute, type Command } from './model-command.js';
import { noteVoice, sendOnce } from './repeated-requests.js';
import { settled, type Details } from './voices.js';

interface ListedRun {
  readonly run_id: string;
  readonly current: boolean;
}

const gone = { status: 409, detail: 'The samples of this run are gone' };

/** Restores a run once nothing is in progress: until then the list of runs may change. The other commands meet locks. */
const restore = (name: string, at: number): Command =>
  command(`restore run ${at} of ${name}`, async (model, real) => {
    const voice = model.voices.get(name);
    if (voice) expectShown(name, voice, await settled(real.partner, name));
    const list = await real.partner.http.get<ListedRun[]>(voiceRoute(real, name, '/embedding-runs'));
    if (!voice) return compare('runs', list, { status: 404, detail: 'Voice not found' });
    const [seen, wanted] = [list.body.map(({ current }) => current), voice.runs.map((run) => run === voice.currentRun)];
    if (JSON.stringify(seen) !== JSON.stringify(wanted)) differs(`runs of ${name}`, seen, wanted);

    const run = voice.runs[at];
    const id = list.body[at]?.run_id ?? 'none';
    const answer = await sendOnce(real, name, voiceRoute(real, name, `/embedding-runs/${id}/restore`));
    noteVoice(real, voice);
    if (!run) return compare('restore', answer, { status: 404, detail: 'Embedding run not found' });
    const samples = voice.samplesOf(run);
    if (samples === 'gone' || (samples === 'unknown' && answer.status !== 200)) return compare('restore', answer, gone);
    compare('restore', answer, { status: 200 });
    voice.restore(run);
    expectShown(name, voice, answer.body as Details);
  });

const remove = (name: string, at: number): Command =>
  command(`delete run ${at} of ${name}`, async (model, real) => {
    const voice = model.voices.get(name);
    if (!voice) return;
    expectShown(name, voice, await settled(real.partner, name));
    const list = await real.partner.http.get<ListedRun[]>(voiceRoute(real, name, '/embedding-runs'));
    const [run, listed] = [voice.runs[at], list.body[at]];
    if (!run || !listed) return;
    const answer = await real.partner.http.delete(voiceRoute(real, name, `/embedding-runs/${listed.run_id}`));
    if (run === voice.currentRun) {
      return compare('delete run', answer, { status: 409, detail: 'The current run cannot be deleted' });
    }
    compare('delete run', answer, { status: 204 });
    voice.runs = voice.runs.filter((each) => each !== run);
  });

/** Commands about the kept embedding runs of a voice. */
export const runCommands = (name: fc.Arbitrary<string>): readonly fc.Arbitrary<Command>[] => {
  const place = fc.tuple(name, fc.nat({ max: 3 }));
  return [place.map(([voice, at]) => restore(voice, at)), place.map(([voice, at]) => remove(voice, at))];
};
