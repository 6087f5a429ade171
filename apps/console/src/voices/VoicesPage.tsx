import { useMemo } from 'react';
import type { VoiceFilters } from '../api/voice-list.js';
import { useVoices } from '../api/voices.js';
import { text } from '../texts/text.js';
import { Button } from '../ui/Button.js';
import { EmptyState, FailureNote, Note } from '../ui/notes.js';
import { Loading } from '../ui/progress.js';
import { useTitle } from '../ui/use-title.js';
import { FilterBar } from './list/FilterBar.js';
import { areFiltering, noFilters, sortedBy, useFilters } from './list/filters.js';
import { LoadMore } from './list/LoadMore.js';
import { VoiceTable } from './list/VoiceTable.js';
import './voices.css';

/** The voices of a partner. */
export function VoicesPage({ partner }: { partner: string }) {
  useTitle(text('voices.title', { partner }));
  const [filters, change] = useFilters(partner);
  return (
    <>
      <div className="row spread voices-head">
        <h1>{text('voices.title', { partner })}</h1>
        <Button kind="primary" icon="plus">
          {text('voices.new')}
        </Button>
      </div>
      <VoiceList partner={partner} filters={filters} onChange={change} />
    </>
  );
}

interface VoiceListProps {
  readonly partner: string;
  readonly filters: VoiceFilters;
  readonly onChange: (changes: Partial<VoiceFilters>) => void;
}

function VoiceList({ partner, filters, onChange }: VoiceListProps) {
  const { voices, failure, isLive, isPrevious, hasMore, isLoadingMore, loadMore, retry } = useVoices(partner, filters);
  const knownLabels = useMemo(() => labelsOf(voices ?? []), [voices]);
  const isFiltering = areFiltering(filters);
  if (voices?.length === 0 && !isFiltering && !isPrevious) return <NoVoices />;
  return (
    <div className="stack">
      <FailureNote failure={failure} onRetry={retry} />
      {!isLive && voices && !failure && (
        <div className="voices-delayed">
          <Note tone="fair">{text('voices.delayed')}</Note>
        </div>
      )}
      <div className="card voices-list">
        <FilterBar filters={filters} onChange={onChange} knownLabels={knownLabels} />
        {!voices && !failure && <Loading lines={8} />}
        {voices?.length === 0 && !isPrevious && (
          <EmptyState icon="search" title={text('voices.none')}>
            <Button icon="x" onPress={() => onChange({ ...noFilters, sort: filters.sort, order: filters.order })}>
              {text('voices.clearFilters')}
            </Button>
          </EmptyState>
        )}
        {voices && voices.length > 0 && (
          <div className={isPrevious ? 'voices-previous' : undefined} aria-busy={isPrevious}>
            <VoiceTable
              partner={partner}
              voices={voices}
              filters={filters}
              onSort={(sort) => onChange(sortedBy(filters, sort))}
              onLabel={(label) => onChange({ labels: [...new Set([...filters.labels, label])] })}
            />
            <LoadMore count={voices.length} hasMore={hasMore} isLoading={isLoadingMore} onMore={loadMore} />
          </div>
        )}
      </div>
    </div>
  );
}

function NoVoices() {
  return (
    <div className="card">
      <EmptyState icon="audioLines" title={text('voices.emptyTitle')}>
        {text('voices.emptyText')}
      </EmptyState>
    </div>
  );
}

const labelsOf = (voices: readonly { readonly labels: Readonly<Record<string, string>> }[]): readonly string[] =>
  [...new Set(voices.flatMap(({ labels }) => Object.entries(labels).map(([key, value]) => `${key}:${value}`)))].sort();
