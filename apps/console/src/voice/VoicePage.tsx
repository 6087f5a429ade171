import { Link } from 'wouter';
import { voicesHref } from '../app/addresses.js';
import { useVoice } from '../api/voice.js';
import { text } from '../texts/text.js';
import { EmptyState, FailureNote } from '../ui/notes.js';
import { Loading } from '../ui/progress.js';
import { Consents } from './consent/Consents.js';
import { EmbedPanel } from './embed/EmbedPanel.js';
import { VoiceHeader } from './header/VoiceHeader.js';
import { Previews } from './previews/Previews.js';
import { Runs } from './runs/Runs.js';
import { Samples } from './samples/Samples.js';
import { SplitEditor } from './split/SplitEditor.js';
import { StageProvider } from './stage.js';
import { Recording } from './waveform/Recording.js';
import './voice-page.css';

/** Everything about one voice, from its recording to its runs. */
export function VoicePage({ partner, voiceId }: { partner: string; voiceId: string }) {
  const { voice, failure, isDeleted, retry } = useVoice(partner, voiceId);
  if (isDeleted) {
    return (
      <EmptyState isPage icon="trash" title={text('voice.deleted')}>
        <Link href={voicesHref(partner)}>{text('voice.toVoices')}</Link>
      </EmptyState>
    );
  }
  if (!voice) return failure ? <FailureNote failure={failure} onRetry={retry} /> : <Loading lines={6} />;
  const section = { partner, voice };
  return (
    <StageProvider key={voice.id}>
      <div className="voice-page">
        <VoiceHeader {...section} />
        <FailureNote failure={failure} onRetry={retry} />
        <Recording {...section} />
        <SplitEditor {...section} />
        <div className="voice-columns">
          <div className="voice-main">
            <Samples {...section} />
            <Previews {...section} />
          </div>
          <div className="voice-side">
            <EmbedPanel {...section} />
            <Runs {...section} />
            <Consents {...section} />
          </div>
        </div>
      </div>
    </StageProvider>
  );
}
