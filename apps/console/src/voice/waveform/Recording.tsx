import { dateTime } from '../../texts/format.js';
import { text } from '../../texts/text.js';
import { Note } from '../../ui/notes.js';
import { ProgressBar } from '../../ui/progress.js';
import type { SectionProps } from '../section.js';
import { Waveform } from './Waveform.js';
import './waveform.css';

/** The recording of a voice: to see, to hear any place of it, and to see where its samples are from. */
export function Recording(section: SectionProps) {
  const { voice } = section;
  return (
    <section className="card recording" aria-labelledby="recording-title">
      {typeof voice.original_url === 'string' && voice.original_duration !== null ? (
        <Waveform key={voice.original_filename} {...section} />
      ) : (
        <>
          <h2 id="recording-title">{text('recording.title')}</h2>
          <NoRecording {...section} />
        </>
      )}
    </section>
  );
}

function NoRecording({ voice }: SectionProps) {
  const { original_removed_at: removedAt, status, progress, samples } = voice;
  if (removedAt !== null) return <Note>{text('recording.removed', { time: dateTime(removedAt) })}</Note>;
  if (status.splitting === 'in_progress') {
    const isCounted = progress !== null && progress.of > 0 && progress.stage !== 'queued';
    return (
      <ProgressBar label={text('recording.converting')} value={isCounted ? progress.done / progress.of : undefined} />
    );
  }
  if (voice.original_filename !== null) return <Note>{text('recording.failed')}</Note>;
  return <Note>{text(samples.length === 0 ? 'recording.noneYet' : 'recording.none')}</Note>;
}
