import { ago, clock, dateTime, languageName } from '../../texts/format.js';
import { text } from '../../texts/text.js';
import { Badge } from '../../ui/notes.js';
import type { SectionProps } from '../section.js';
import { StatusBadges } from './VoiceStatus.js';

/** What is known about a voice, at a glance. */
export function VoiceFacts({ voice }: Pick<SectionProps, 'voice'>) {
  return (
    <>
      <div className="row voice-chips">
        <StatusBadges status={voice.status} />
        <Badge icon="languages">{languageName(voice.language)}</Badge>
        {Object.entries(voice.labels).map(([key, value]) => (
          <Badge key={key} icon="tag">
            <span className="voice-label">
              {key}: {value}
            </span>
          </Badge>
        ))}
      </div>
      {voice.description !== null && <p className="voice-description">{voice.description}</p>}
      <p className="muted voice-dates">{sentencesOf(voice).join(' · ')}</p>
    </>
  );
}

function sentencesOf(voice: SectionProps['voice']): readonly string[] {
  const creator = creatorOf(voice);
  return [
    ...(voice.original_duration === null ? [] : [text('voice.length', { length: clock(voice.original_duration) })]),
    ...(creator === undefined ? [] : [text('voice.createdBy', { creator })]),
    text('voice.created', { time: dateTime(voice.created_at) }),
    text('voice.changed', { time: ago(voice.updated_at) }),
    ...(voice.original_removed_at === null
      ? []
      : [text('voice.originalRemoved', { time: dateTime(voice.original_removed_at) })]),
  ];
}

function creatorOf({ creator_name, creator_email }: SectionProps['voice']): string | undefined {
  if (creator_name !== null && creator_email !== null) return `${creator_name} <${creator_email}>`;
  return creator_name ?? creator_email ?? undefined;
}
