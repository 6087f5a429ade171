import { useQuery } from '@tanstack/react-query';
import type { Schema } from '#libs/client';
import { unwrap } from '#libs/client';
import { cacheKeys } from '../../api/keys.js';
import { useSession } from '../../session/session.js';
import { text } from '../../texts/text.js';
import { Badge } from '../../ui/notes.js';
import { ProgressBar } from '../../ui/progress.js';
import { isBusyRow, statesOf } from './voice-status.js';

const looks = {
  splittingFailed: { tone: 'poor', icon: 'circleAlert' },
  embeddingFailed: { tone: 'poor', icon: 'circleAlert' },
  splitting: { tone: 'info', icon: 'scissors' },
  embedding: { tone: 'info', icon: 'sparkles' },
  embedded: { tone: 'good', icon: 'circleCheck' },
  split: { tone: 'plain', icon: 'scissors' },
  samples: { tone: 'plain', icon: 'fileAudio' },
  empty: { tone: 'plain', icon: 'fileAudio' },
} as const;

const pollMs = 2000;

interface StatusProps {
  readonly partner: string;
  readonly voice: Schema<'VoiceSummary'>;
  /** Reads how far the work has come. The list itself only says that there is work. */
  readonly showsProgress: boolean;
}

/** What a voice is at, with a bar while it is being worked on. */
export function VoiceStatus({ partner, voice, showsProgress }: StatusProps) {
  return (
    <div className="voices-status">
      <div className="row voices-badges">
        {statesOf(voice).map((state) => (
          <Badge key={state} {...looks[state]}>
            {text(`voices.state.${state}`)}
          </Badge>
        ))}
      </div>
      {isBusyRow(voice) && <Progress partner={partner} id={voice.id} isRead={showsProgress} />}
    </div>
  );
}

function Progress({ partner, id, isRead }: { partner: string; id: string; isRead: boolean }) {
  const { timbre } = useSession();
  const { data } = useQuery({
    queryKey: cacheKeys.voicePart(partner, id, 'progress'),
    queryFn: async ({ signal }) => {
      const params = { path: { partner, voice: id } };
      return (await unwrap(timbre.GET('/api/voices/{partner}/{voice}', { params, signal }))).progress;
    },
    enabled: isRead,
    refetchInterval: pollMs,
    gcTime: 0,
  });
  const value = data && data.of > 0 ? data.done / data.of : undefined;
  return <ProgressBar label={text(`progress.${data?.stage ?? 'working'}`)} value={value} bare />;
}
