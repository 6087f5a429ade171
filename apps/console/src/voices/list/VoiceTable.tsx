import { memo } from 'react';
import { Link } from 'wouter';
import type { Schema } from '#libs/client';
import { voiceHref } from '../../app/addresses.js';
import type { VoiceFilters } from '../../api/voice-list.js';
import { ago, clock, dateTime, languageName } from '../../texts/format.js';
import { text } from '../../texts/text.js';
import { Cell, type Column, Row, Table } from '../../ui/Table.js';
import { narrow, useMedia } from '../../ui/use-media.js';
import { useNow } from '../../ui/use-now.js';
import { Labels } from './Labels.js';
import { isBusyRow } from './voice-status.js';
import { VoiceStatus } from './VoiceStatus.js';

type Voice = Schema<'VoiceSummary'>;

/** So many voices that are being worked on are read every 2 s for their progress. */
const followed = 8;

interface TableProps {
  readonly partner: string;
  readonly voices: readonly Voice[];
  readonly filters: VoiceFilters;
  readonly onSort: (sort: VoiceFilters['sort']) => void;
  readonly onLabel: (label: string) => void;
}

/** The voices that have been loaded, in columns or, where it is narrow, as cards. */
export const VoiceTable = memo(function VoiceTable({ partner, voices, filters, onSort, onLabel }: TableProps) {
  const now = useNow();
  const isNarrow = useMedia(narrow);
  const busy = new Set(
    voices
      .filter(isBusyRow)
      .slice(0, followed)
      .map(({ id }) => id),
  );
  const sortedBy = (sort: VoiceFilters['sort']): Partial<Column> =>
    isNarrow
      ? {}
      : { direction: filters.sort === sort ? `${filters.order}ending` : 'none', onSort: () => onSort(sort) };
  const columns: readonly Column[] = [
    { name: text('voices.name'), ...sortedBy('name') },
    { name: text('voices.status') },
    { name: text('voices.language') },
    { name: text('voices.labels') },
    { name: text('voices.samples'), isNumeric: true },
    { name: text('voices.length'), isNumeric: true },
    { name: text('voices.created'), ...sortedBy('created_at') },
    { name: text('voices.changed'), ...sortedBy('updated_at') },
  ];
  return (
    <Table label={text('voices.title', { partner })} columns={columns}>
      {voices.map((voice) => (
        <VoiceRow
          key={voice.id}
          partner={partner}
          voice={voice}
          created={since(voice.created_at, now)}
          changed={since(voice.updated_at, now)}
          showsProgress={busy.has(voice.id)}
          onLabel={onLabel}
        />
      ))}
    </Table>
  );
});

/** An event may be newer than the time by which the table was drawn. */
const since = (iso: string, now: number): string => ago(iso, Math.max(now, Date.parse(iso)));

interface RowProps {
  readonly partner: string;
  readonly voice: Voice;
  readonly created: string;
  readonly changed: string;
  readonly showsProgress: boolean;
  readonly onLabel: (label: string) => void;
}

/** One voice. It is drawn again only if something in it changes: there may be a thousand. */
const VoiceRow = memo(function VoiceRow({ partner, voice, created, changed, showsProgress, onLabel }: RowProps) {
  const href = voiceHref(partner, voice.id);
  return (
    <Row>
      <Cell>
        <Link href={href} className="table-link voices-name">
          <bdi>{voice.name}</bdi>
        </Link>
        {voice.creator_name !== null && (
          <div className="muted voices-creator">{text('voices.by', { creator: voice.creator_name })}</div>
        )}
      </Cell>
      <Cell label={text('voices.status')}>
        <VoiceStatus partner={partner} voice={voice} showsProgress={showsProgress} />
      </Cell>
      <Cell label={text('voices.language')}>{languageName(voice.language)}</Cell>
      <Cell label={text('voices.labels')}>
        <Labels labels={voice.labels} onLabel={onLabel} />
      </Cell>
      <Cell label={text('voices.samples')} isNumeric>
        {voice.sample_count}
      </Cell>
      <Cell label={text('voices.length')} isNumeric>
        {voice.original_duration === null ? '–' : clock(voice.original_duration)}
      </Cell>
      <Cell label={text('voices.created')}>
        <time dateTime={voice.created_at} title={dateTime(voice.created_at)}>
          {created}
        </time>
      </Cell>
      <Cell label={text('voices.changed')}>
        <time dateTime={voice.updated_at} title={dateTime(voice.updated_at)}>
          {changed}
        </time>
      </Cell>
    </Row>
  );
});
