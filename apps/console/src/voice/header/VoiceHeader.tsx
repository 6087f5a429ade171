import { Link } from 'wouter';
import { voicesHref } from '../../app/addresses.js';
import { text } from '../../texts/text.js';
import { Icon } from '../../ui/Icon.js';
import { DownloadNote } from '../download/DownloadNote.js';
import { useDownload } from '../download/use-download.js';
import type { SectionProps } from '../section.js';
import { VoiceActions } from './VoiceActions.js';
import { VoiceFacts } from './VoiceFacts.js';
import { VoiceNews } from './VoiceStatus.js';
import { VoiceTitle } from './VoiceTitle.js';
import './header.css';

/** What a voice is, how it is doing, and what can be done with it. */
export function VoiceHeader(section: SectionProps) {
  const download = useDownload();
  return (
    <div className="stack">
      <Link className="row voice-back" href={voicesHref(section.partner)}>
        <Icon name="arrowLeft" size={16} />
        {text('voice.toVoices')}
      </Link>
      <div className="row spread voice-top">
        <VoiceTitle {...section} />
        <VoiceActions {...section} download={download} />
      </div>
      <VoiceFacts {...section} />
      <DownloadNote download={download} />
      <VoiceNews {...section} />
    </div>
  );
}
