import { useEffect, useEffectEvent, useState } from 'react';
import type { VoiceFilters } from '../../api/voice-list.js';
import { text } from '../../texts/text.js';
import { IconButton } from '../../ui/Button.js';
import { type Option, Select } from '../../ui/fields.js';
import { SearchField } from '../../ui/SearchField.js';
import { narrow, useMedia } from '../../ui/use-media.js';
import { sortedBy } from './filters.js';
import { LabelFilter } from './LabelFilter.js';

type Status = NonNullable<VoiceFilters['status']> | 'any';

/** After a key is pressed, this time passes without another before the list is read. */
const pauseMs = 250;

interface FilterBarProps {
  readonly filters: VoiceFilters;
  readonly onChange: (changes: Partial<VoiceFilters>) => void;
  /** Labels that the loaded voices have, as `key:value`. */
  readonly knownLabels: readonly string[];
}

/** Which voices are listed: by name, labels and status. Where it is narrow, also their order. */
export function FilterBar({ filters, onChange, knownLabels }: FilterBarProps) {
  const isNarrow = useMedia(narrow);
  const statuses: readonly Option<Status>[] = [
    { id: 'any', name: text('voices.anyStatus') },
    { id: 'in_progress', name: text('status.in_progress') },
    { id: 'completed', name: text('status.completed') },
    { id: 'failed', name: text('status.failed') },
    { id: 'idle', name: text('status.idle') },
  ];
  return (
    <div className="voices-filters" role="search" aria-label={text('voices.filters')}>
      <NameFilter q={filters.q} onChange={(q) => onChange({ q })} />
      <LabelFilter labels={filters.labels} known={knownLabels} onChange={(labels) => onChange({ labels })} />
      <Select
        label={text('voices.status')}
        quiet
        options={statuses}
        value={filters.status ?? 'any'}
        onChange={(status) => onChange({ status: status === 'any' ? null : status })}
      />
      {isNarrow && <SortFields filters={filters} onChange={onChange} />}
    </div>
  );
}

function NameFilter({ q, onChange }: { q: string; onChange: (q: string) => void }) {
  const [typed, setTyped] = useState(q);
  const [seen, setSeen] = useState(q);
  if (q !== seen) {
    setSeen(q);
    setTyped(q); // the filters were cleared, or come from before
  }
  const search = useEffectEvent(() => typed.trim() !== q && onChange(typed.trim()));
  useEffect(() => {
    const timer = setTimeout(() => search(), pauseMs);
    return () => clearTimeout(timer);
  }, [typed]);
  return <SearchField label={text('voices.search')} value={typed} onChange={setTyped} />;
}

function SortFields({ filters, onChange }: Pick<FilterBarProps, 'filters' | 'onChange'>) {
  const sorts: readonly Option<VoiceFilters['sort']>[] = [
    { id: 'name', name: text('voices.sort.name') },
    { id: 'created_at', name: text('voices.sort.created_at') },
    { id: 'updated_at', name: text('voices.sort.updated_at') },
  ];
  return (
    <div className="row voices-sort">
      <Select
        label={text('voices.sort')}
        quiet
        options={sorts}
        value={filters.sort}
        onChange={(sort) => sort !== filters.sort && onChange(sortedBy(filters, sort))}
      />
      <IconButton
        icon={filters.order === 'asc' ? 'arrowUp' : 'arrowDown'}
        kind="plain"
        label={text(filters.order === 'asc' ? 'voices.ascending' : 'voices.descending')}
        onPress={() => onChange(sortedBy(filters, filters.sort))}
      />
    </div>
  );
}
