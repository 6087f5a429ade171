import { text } from '../../texts/text.js';
import type { IconName } from '../../ui/Icon.js';
import { Badge, Note } from '../../ui/notes.js';
import type { Schema } from '#libs/client';
import type { SectionProps } from '../section.js';
import { VoiceProgress } from './VoiceProgress.js';

type Status = Schema<'ProcessingStatus'>;

const tones = { idle: 'plain', in_progress: 'info', completed: 'good', failed: 'poor' } as const;

const icons: Readonly<Record<Status, IconName>> = {
  idle: 'ellipsis',
  in_progress: 'refreshCw',
  completed: 'circleCheck',
  failed: 'circleAlert',
};

/** Both statuses of a voice as badges. */
export function StatusBadges({ status }: Pick<SectionProps['voice'], 'status'>) {
  return (
    <>
      <Badge tone={tones[status.splitting]} icon={icons[status.splitting]}>
        {text(`voice.splitting.${status.splitting}`)}
      </Badge>
      <Badge tone={tones[status.embedding]} icon={icons[status.embedding]}>
        {text(`voice.embedding.${status.embedding}`)}
      </Badge>
    </>
  );
}

/** What is under way, and what went wrong, in the sentences of the API. */
export function VoiceNews({ voice: { progress, errors, warnings } }: Pick<SectionProps, 'voice'>) {
  return (
    <>
      {progress && (
        <div className="card voice-progress" role="status">
          <VoiceProgress progress={progress} />
        </div>
      )}
      {errors.splitting !== null && (
        <Note tone="poor">{text('voice.error.splitting', { reason: errors.splitting })}</Note>
      )}
      {errors.embedding !== null && (
        <Note tone="poor">{text('voice.error.embedding', { reason: errors.embedding })}</Note>
      )}
      {warnings.map(({ code, message }) => (
        <Note key={`${code} ${message}`} tone="fair">
          {message}
        </Note>
      ))}
    </>
  );
}
