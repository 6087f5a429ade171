import { useCallback, useEffect, useState } from 'react';
import type { VoiceFilters } from '../../api/voice-list.js';

export const noFilters: VoiceFilters = { q: '', labels: [], status: null, sort: 'name', order: 'asc' };

/** Filters of the lists that were open in this tab, so that coming back from a voice shows the same rows. */
const remembered = new Map<string, VoiceFilters>();

/** Changes of filters that depend on those before. */
export type Change = (before: VoiceFilters) => Partial<VoiceFilters>;

/** Keeps the filters of a partner's list. The function that changes them stays the same, so that rows are not drawn again. */
export function useFilters(partner: string): readonly [VoiceFilters, (change: Change) => void] {
  const [filters, setFilters] = useState(() => remembered.get(partner) ?? noFilters);
  useEffect(() => {
    remembered.set(partner, filters);
  }, [partner, filters]);
  const change = useCallback((how: Change) => setFilters((before) => ({ ...before, ...how(before) })), []);
  return [filters, change];
}

/** Returns whether filters leave out voices. */
export const areFiltering = ({ q, labels, status }: VoiceFilters): boolean =>
  q !== '' || labels.length > 0 || status !== null;

/** Names ascend at first, times descend: the newest are what one looks for. Sorting again by the same turns the order. */
export function sortedBy({ sort, order }: VoiceFilters, chosen: VoiceFilters['sort']): Partial<VoiceFilters> {
  if (sort === chosen) return { order: order === 'asc' ? 'desc' : 'asc' };
  return { sort: chosen, order: chosen === 'name' ? 'asc' : 'desc' };
}

/** What the API takes as a label (openapi.json, `label` of listVoices). */
export const isLabel = (label: string): boolean => /^[a-z0-9_.-]{1,40}:.{1,100}$/u.test(label);
