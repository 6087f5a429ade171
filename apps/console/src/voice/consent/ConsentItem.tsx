import { useState } from 'react';
import type { Schema } from '#libs/client';
import { bytes, clock, dateTime, languageName } from '../../texts/format.js';
import { text } from '../../texts/text.js';
import { Button } from '../../ui/Button.js';
import { Icon } from '../../ui/Icon.js';
import { Menu } from '../../ui/Menu.js';
import { Badge } from '../../ui/notes.js';
import type { Download } from '../download/use-download.js';
import type { SectionProps } from '../section.js';
import { EraseDialog, RevokeDialog } from './RevokeDialogs.js';
import { similarityVerdict } from './similarity.js';

interface ConsentProps extends SectionProps {
  readonly consent: Schema<'Consent'>;
  readonly download: Download;
}

/** One consent, with its proof. */
export function ConsentItem({ consent, download, ...section }: ConsentProps) {
  const [asked, setAsked] = useState<'revoke' | 'erase'>();
  const { file, similarity, revoked_at, text_version } = consent;
  const dialog = (name: typeof asked) => ({
    ...section,
    consent,
    isOpen: asked === name,
    onClose: () => setAsked(undefined),
  });
  return (
    <li className={revoked_at === null ? 'consent' : 'consent consent-revoked'}>
      <div className="row consent-head">
        <Icon name="shieldCheck" size={18} />
        <strong className="grow consent-by">{consent.granted_by}</strong>
        <Badge tone={revoked_at === null ? 'good' : 'poor'}>
          {text(revoked_at === null ? 'consent.valid' : 'consent.revoked')}
        </Badge>
        <Menu
          label={text('consent.actions', { name: consent.granted_by })}
          actions={[
            {
              id: 'revoke',
              name: text('consent.revoke'),
              icon: 'x',
              isDisabled: revoked_at !== null,
              onAction: () => setAsked('revoke'),
            },
            {
              id: 'erase',
              name: text('consent.erase'),
              icon: 'trash',
              isDangerous: true,
              onAction: () => setAsked('erase'),
            },
          ]}
        />
      </div>
      <blockquote className="consent-statement" lang={consent.language} tabIndex={0}>
        {consent.statement}
      </blockquote>
      <p className="muted consent-facts">
        {[
          text(`consent.method.${consent.method}`),
          languageName(consent.language),
          ...(text_version === null ? [] : [text('consent.version', { version: text_version })]),
          text('consent.added', { time: dateTime(consent.created_at) }),
          ...(revoked_at === null ? [] : [text('consent.revokedAt', { time: dateTime(revoked_at) })]),
        ].join(' · ')}
      </p>
      {file && <Proof {...section} id={consent.id} file={file} download={download} />}
      {similarity && <Similarity similarity={similarity} voice={section.voice} />}
      <RevokeDialog {...dialog('revoke')} />
      <EraseDialog {...dialog('erase')} />
    </li>
  );
}

interface ProofProps extends SectionProps {
  readonly id: string;
  readonly file: Schema<'ConsentFile'>;
  readonly download: Download;
}

function Proof({ partner, voice, id, file, download }: ProofProps) {
  const path = `/api/voices/${encodeURIComponent(partner)}/${voice.id}/consent/${id}/file`;
  const size = file.duration === null ? bytes(file.bytes) : `${clock(file.duration)} · ${bytes(file.bytes)}`;
  return (
    <div className="row consent-proof">
      <span className="grow">
        {file.name} <span className="muted">({size})</span>
      </span>
      <Button
        icon="download"
        aria-label={text('consent.download', { name: file.name })}
        onPress={() => void download.start({ path, fileName: file.name })}
      >
        {text('voice.download')}
      </Button>
    </div>
  );
}

function Similarity({ similarity, voice }: Pick<SectionProps, 'voice'> & { similarity: Schema<'ConsentSimilarity'> }) {
  const verdict = similarityVerdict(similarity, voice.embedding_info);
  const tone = { alike: 'good', different: 'fair', alone: 'plain' } as const;
  return (
    <div>
      <Badge tone={tone[verdict]}>{text('consent.similarity', { score: similarity.score.toFixed(2) })}</Badge>
      <p className="field-hint">{text(`consent.similarity.${verdict}`)}</p>
    </div>
  );
}
