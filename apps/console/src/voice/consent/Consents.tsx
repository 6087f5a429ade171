import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { unwrap } from '#libs/client';
import { cacheKeys } from '../../api/keys.js';
import { useSession } from '../../session/session.js';
import { text } from '../../texts/text.js';
import { Button } from '../../ui/Button.js';
import { FailureNote } from '../../ui/notes.js';
import { Loading } from '../../ui/progress.js';
import { Section } from '../../ui/Section.js';
import { DownloadNote } from '../download/DownloadNote.js';
import { useDownload } from '../download/use-download.js';
import type { SectionProps } from '../section.js';
import { AddConsentDialog } from './AddConsentDialog.js';
import { ConsentItem } from './ConsentItem.js';
import './consent.css';

/** What the owner of the voice has agreed to, and the proof of it. */
export function Consents(section: SectionProps) {
  const { partner, voice } = section;
  const { timbre } = useSession();
  const [isAdding, setAdding] = useState(false);
  const download = useDownload();
  const { data, error, refetch } = useQuery({
    queryKey: [...cacheKeys.voicePart(partner, voice.id, 'consents'), voice.embedding_info?.last_update_time],
    queryFn: ({ signal }) =>
      unwrap(
        timbre.GET('/api/voices/{partner}/{voice}/consent', { params: { path: { partner, voice: voice.id } }, signal }),
      ),
    placeholderData: (previous) => previous,
  });
  return (
    <Section
      title={text('consent.title')}
      actions={
        <Button icon="plus" onPress={() => setAdding(true)}>
          {text('consent.add')}
        </Button>
      }
    >
      <FailureNote failure={error} onRetry={() => void refetch()} />
      <DownloadNote download={download} />
      {!data && !error && <Loading lines={1} />}
      {data?.length === 0 && <p className="muted">{text('consent.none')}</p>}
      {data && data.length > 0 && (
        <ul className="consents" aria-label={text('consent.title')}>
          {data.map((consent) => (
            <ConsentItem key={consent.id} {...section} consent={consent} download={download} />
          ))}
        </ul>
      )}
      <AddConsentDialog {...section} isOpen={isAdding} onClose={() => setAdding(false)} />
    </Section>
  );
}
