import type { Schema } from '#libs/client';
import { clock } from '../../texts/format.js';
import { text } from '../../texts/text.js';
import { ProgressBar } from '../../ui/progress.js';
import { countedOf } from './progress-words.js';

/** How far the splitting, embedding or import of a voice has come. */
export function VoiceProgress({ progress }: { progress: Schema<'Progress'> }) {
  const { unit, value } = countedOf(progress);
  const { stage, done, of } = progress;
  const words = text(`voice.stage.${stage}`);
  if (unit === 'nothing') return <ProgressBar label={words} value={value} />;
  const amount =
    unit === 'seconds'
      ? text('voice.progress.seconds', { done: clock(done), of: clock(of) })
      : text(`voice.progress.${unit}`, { done, of });
  return <ProgressBar label={`${words} · ${amount}`} value={value} />;
}
