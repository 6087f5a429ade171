import { isBusy, type Schema } from '#libs/client';
import { ago, dateTime, languageName } from '../../texts/format.js';
import { text, type TextName } from '../../texts/text.js';
import { Note } from '../../ui/notes.js';
import { Facts, Section, type Fact } from '../../ui/Section.js';
import { VoiceProgress } from '../header/VoiceProgress.js';
import type { SectionProps } from '../section.js';
import { EmbedForm } from './EmbedForm.js';
import { SaySomething } from './SaySomething.js';
import './embed.css';

/** The embedding of a voice: what made it, whether it is still right, and how to make another. */
export function EmbedPanel(section: SectionProps) {
  const { voice } = section;
  const { embedding_info: info, progress } = voice;
  const isEmbedding = voice.status.embedding === 'in_progress';
  return (
    <Section title={text('embed.title')}>
      {info && <Outdated reasons={info.stale_reasons} />}
      {info && info.last_update_status === 'failed' && info.run_id !== null && (
        <Note tone="fair">{text('embed.lastFailed')}</Note>
      )}
      {info?.run_id ? <Facts facts={factsOf(info)} /> : <p className="muted">{text('embed.none')}</p>}
      {isEmbedding && progress && <VoiceProgress progress={progress} />}
      {voice.samples.length === 0 ? (
        <p className="muted">{text('embed.noSamples')}</p>
      ) : (
        <EmbedForm {...section} isLocked={isBusy(voice)} />
      )}
      {info?.run_id && <SaySomething {...section} />}
    </Section>
  );
}

const knownReasons: Readonly<Record<string, TextName>> = {
  samples_changed: 'embed.stale.samples_changed',
  engine_changed: 'embed.stale.engine_changed',
  language_changed: 'embed.stale.language_changed',
};

/** Why another embedding would differ. A reason that a later Timbre adds is shown by its code. */
function Outdated({ reasons }: { reasons: readonly string[] }) {
  if (reasons.length === 0) return null;
  return (
    <Note tone="fair">
      {reasons.map((reason) => {
        const known = knownReasons[reason];
        return <p key={reason}>{known ? text(known) : text('embed.stale.other', { reason })}</p>;
      })}
    </Note>
  );
}

function factsOf(info: Schema<'EmbeddingInfo'>): readonly Fact[] {
  const { engine, language } = info;
  const made = <span title={dateTime(info.last_update_time)}>{ago(info.last_update_time)}</span>;
  return [
    { name: text('embed.type'), value: info.tts_type },
    ...(engine === null
      ? []
      : [
          { name: text('embed.engine'), value: `${engine.name} ${engine.version}` },
          ...(engine.model === null
            ? []
            : [{ name: text('embed.model'), value: [engine.model, engine.revision].filter(Boolean).join(' · ') }]),
          { name: text('embed.scorer'), value: engine.scorer },
        ]),
    ...(language === null ? [] : [{ name: text('voice.language'), value: languageName(language) }]),
    { name: text(info.last_update_status === 'failed' ? 'embed.tried' : 'embed.updated'), value: made },
  ];
}
