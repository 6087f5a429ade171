import { isBusy, type Schema } from '#libs/client';
import { CliFailure, exitCodes } from '../failure.js';
import type { Progress } from '../screen/progress-line.js';
import type { Context, PartnerSession } from '../timbre/context.js';
import { watchVoice } from '../timbre/watch.js';
import { failuresOf, statusText, voiceLines, type Processing } from '../views/voice-view.js';

type Details = Schema<'VoiceDetails'>;

const unitOf: Readonly<Record<string, Progress['unit']>> = { converting: 's', cutting: 'samples', importing: 'files' };

/** Shows each step of a voice: its line moves, and stays when the next step starts. */
function stepsShown({ screen }: Context): (voice: Details) => void {
  let step: string | undefined;
  let start = Date.now();
  return ({ name, progress }) => {
    if (progress === null) return;
    const { stage, done, of } = progress;
    if (stage !== step) {
      if (step !== undefined && step !== 'queued') screen.note(`${name}: ${step} is done`);
      step = stage;
      start = Date.now();
    }
    const seconds = (Date.now() - start) / 1000;
    screen.progress({
      what: `${name}: ${stage}`,
      done,
      of: of > 0 ? of : undefined,
      unit: unitOf[stage] ?? '',
      seconds,
    });
  };
}

/**
 * Prints a voice whose processing was started: at once, or with `watch` when it has ended.
 *
 * @param kinds what was started; the outcome of the other kind is of an earlier request
 * @throws CliFailure if the processing that was watched fails
 */
export async function showStarted(
  context: Context,
  session: PartnerSession,
  started: Details,
  { watch = false, kinds }: { readonly watch?: boolean | undefined; readonly kinds: readonly Processing[] },
): Promise<void> {
  const { screen, signal } = context;
  const { id, name } = started;
  if (!watch || !isBusy(started)) {
    const { splitting, embedding } = started.status;
    screen.result(started, () => [`${name} (${id}): ${statusText(splitting, embedding)}`]);
    return;
  }
  const onChange = stepsShown(context);
  const leave = (): void => screen.note(`${name} is still processed. "timbre voices cancel" ends that`);
  signal.addEventListener('abort', leave, { once: true });
  const ended = await watchVoice({ ...session, voice: id, signal, onChange });
  signal.removeEventListener('abort', leave);
  const failures = failuresOf(ended, kinds);
  screen.result(ended, voiceLines);
  if (failures.length > 0) throw new CliFailure(failures.join('\n'), exitCodes.processingFailed);
}
