import { lazy, Suspense, useCallback, useMemo, useState } from 'react';
import type { VoiceFilters } from '../api/voice-list.js';
import { useVoices } from '../api/voices.js';
import { useSession } from '../session/session.js';
import { text } from '../texts/text.js';
import { Button } from '../ui/Button.js';
import { EmptyState, FailureNote, Note } from '../ui/notes.js';
import { Loading } from '../ui/progress.js';
import { useTitle } from '../ui/use-title.js';
import { FilterBar } from './list/FilterBar.js';
import { areFiltering, type Change, noFilters, sortedBy, useFilters } from './list/filters.js';
import { LoadMore } from './list/LoadMore.js';
import { VoiceTable } from './list/VoiceTable.js';
import { DropHint } from './DropHint.js';
import type { NewVoiceTab } from './new/NewVoiceDialog.js';
import './voices.css';

const NewVoiceDialog = lazy(async () => ({ default: (await import('./new/NewVoiceDialog.js')).NewVoiceDialog }));

/** How the dialog for new voices was opened. */
interface Opened {
  readonly tab: NewVoiceTab;
  readonly files: readonly File[];
}

/** The voices of a partner. */
export function VoicesPage({ partner }: { partner: string }) {
  useTitle(text('voices.title', { partner }));
  const { who } = useSession();
  const mayWrite = who.scopes.includes('write');
  const [filters, change] = useFilters(partner);
  const [opened, setOpened] = useState<Opened>();
  const open = (tab: NewVoiceTab): void => setOpened({ tab, files: [] });
  return (
    <>
      <div className="row spread voices-head">
        <h1>{text('voices.title', { partner })}</h1>
        {mayWrite && (
          <Button kind="primary" icon="plus" onPress={() => open('upload')}>
            {text('voices.new')}
          </Button>
        )}
      </div>
      <VoiceList partner={partner} filters={filters} onChange={change} onNew={mayWrite ? open : undefined} />
      {mayWrite && !opened && <DropHint onFiles={(files) => setOpened({ tab: 'upload', files })} />}
      {opened && (
        <Suspense>
          <NewVoiceDialog {...opened} partner={partner} onClose={() => setOpened(undefined)} />
        </Suspense>
      )}
    </>
  );
}

interface VoiceListProps {
  readonly partner: string;
  readonly filters: VoiceFilters;
  readonly onChange: (change: Change) => void;
  /** Undefined for a key that may only read. */
  readonly onNew: ((tab: NewVoiceTab) => void) | undefined;
}

function VoiceList({ partner, filters, onChange, onNew }: VoiceListProps) {
  const list = useVoices(partner, filters);
  const { voices, failure, isLive, isPrevious, retry } = list;
  const knownLabels = useMemo(() => labelsOf(voices ?? []), [voices]);
  const sort = useCallback((by: VoiceFilters['sort']) => onChange((before) => sortedBy(before, by)), [onChange]);
  const filterByLabel = useCallback(
    (label: string) => onChange(({ labels }) => ({ labels: [...new Set([...labels, label])] })),
    [onChange],
  );
  const isFiltering = areFiltering(filters);
  if (voices?.length === 0 && !isFiltering && !isPrevious) return <NoVoices onNew={onNew} />;
  if (!voices && failure) return <FailureNote failure={failure} onRetry={retry} />;
  return (
    <div className="stack">
      <FailureNote failure={failure} onRetry={retry} />
      {!isLive && voices && !failure && (
        <div className="voices-delayed">
          <Note tone="fair">{text('voices.delayed')}</Note>
        </div>
      )}
      <div className="card voices-list">
        <FilterBar filters={filters} onChange={(changes) => onChange(() => changes)} knownLabels={knownLabels} />
        {!voices && <Loading lines={8} />}
        {voices?.length === 0 && !isPrevious && (
          <EmptyState icon="search" title={text('voices.none')}>
            <Button icon="x" onPress={() => onChange(({ sort, order }) => ({ ...noFilters, sort, order }))}>
              {text('voices.clearFilters')}
            </Button>
          </EmptyState>
        )}
        {voices && voices.length > 0 && (
          <div className={isPrevious ? 'voices-previous' : undefined} aria-busy={isPrevious}>
            <VoiceTable partner={partner} voices={voices} filters={filters} onSort={sort} onLabel={filterByLabel} />
            <LoadMore count={voices.length} list={list} />
          </div>
        )}
      </div>
    </div>
  );
}

function NoVoices({ onNew }: Pick<VoiceListProps, 'onNew'>) {
  return (
    <div className="card">
      <EmptyState icon="audioLines" title={text('voices.emptyTitle')}>
        <p className="voices-empty">{text('voices.emptyText')}</p>
        {onNew && (
          <div className="row voices-empty-actions">
            <Button icon="upload" onPress={() => onNew('upload')}>
              {text('voices.upload')}
            </Button>
            <Button icon="mic" onPress={() => onNew('record')}>
              {text('voices.record')}
            </Button>
          </div>
        )}
      </EmptyState>
    </div>
  );
}

const labelsOf = (voices: readonly { readonly labels: Readonly<Record<string, string>> }[]): readonly string[] =>
  [...new Set(voices.flatMap(({ labels }) => Object.entries(labels).map(([key, value]) => `${key}:${value}`)))].sort();
