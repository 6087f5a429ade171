import { type InfiniteData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import type { Schema, StreamEvent, Timbre } from '#libs/client';
import { unwrap } from '#libs/client';
import { useSession } from '../session/session.js';
import { cacheKeys } from './keys.js';
import { useLive } from './use-live.js';
import { nextCursor, rowsOf, type VoiceFilters, type VoicePage, withoutVoice, withVoice } from './voice-list.js';

type Summary = Schema<'VoiceSummary'>;

const pageSize = 50;
const pollMs = 5000;
/** Events of this time are shown together, so that a burst of changes does not hold up the page. */
const burstMs = 150;

export interface LiveVoices {
  /** The rows that have been loaded; undefined until the first page is there. */
  readonly voices: readonly Summary[] | undefined;
  readonly failure: unknown;
  /** Whether changes arrive as they happen. While they do not, the list is read again every few seconds. */
  readonly isLive: boolean;
  /** Whether the rows belong to filters that have been changed meanwhile. */
  readonly isPrevious: boolean;
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  /** Whether further rows may be loaded unasked: not while rows are read again, and not after a failure. */
  readonly mayLoadMore: boolean;
  readonly loadMore: () => void;
  readonly retry: () => void;
}

/** Returns the voices of a partner, page by page, kept fresh by the partner's stream of events. */
export function useVoices(partner: string, filters: VoiceFilters): LiveVoices {
  const { timbre } = useSession();
  const isLive = useLiveList(partner);
  const query = useInfiniteQuery({
    queryKey: [...cacheKeys.voices(partner), filters],
    queryFn: ({ pageParam, signal }) => readPage(timbre, partner, filters, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    placeholderData: (previous) => previous,
    refetchInterval: isLive ? false : pollMs,
  });
  const { data } = query;
  const voices = useMemo(() => data && rowsOf(data.pages), [data]);
  return {
    voices,
    failure: query.error ?? undefined,
    isLive,
    isPrevious: query.isPlaceholderData,
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    mayLoadMore: query.hasNextPage && !query.isFetching && !query.isError,
    loadMore: () => void query.fetchNextPage(),
    retry: () => void query.refetch(),
  };
}

async function readPage(
  timbre: Timbre,
  partner: string,
  { q, labels, status, sort, order }: VoiceFilters,
  cursor: string | null,
  signal: AbortSignal,
): Promise<VoicePage> {
  const query = {
    ...(q !== '' && { q }),
    ...(labels.length > 0 && { label: [...labels] }),
    ...(status !== null && { status }),
    ...(cursor !== null && { cursor }),
    sort,
    order,
    limit: pageSize,
  };
  const answer = timbre.GET('/api/voices/{partner}', { params: { path: { partner }, query }, signal });
  const voices = await unwrap(answer);
  return { voices, next: nextCursor((await answer).response.headers.get('Link')) };
}

type Pages = InfiniteData<VoicePage, string | null>;

/** Writes the partner's events into all of its cached lists, and returns whether events arrive. */
function useLiveList(partner: string): boolean {
  const cache = useQueryClient();
  const waiting = useRef(new Map<string, Summary | null>());
  const timer = useRef<number>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  const refetch = (): void => void cache.invalidateQueries({ queryKey: cacheKeys.voices(partner) });
  const show = (): void => {
    timer.current = undefined;
    if (cache.isFetching({ queryKey: cacheKeys.voices(partner) }) > 0) {
      timer.current = window.setTimeout(show, burstMs); // an answer under way may be older than the events
      return;
    }
    const changes = [...waiting.current];
    waiting.current.clear();
    for (const query of cache.getQueryCache().findAll({ queryKey: cacheKeys.voices(partner) })) {
      const filters = query.queryKey[2] as VoiceFilters;
      cache.setQueryData<Pages>(query.queryKey, (data) => data && withChanges(data, changes, filters));
    }
  };
  const heard = ({ name, data }: StreamEvent): void => {
    if (name === 'reset') refetch();
    if (name !== 'voice.updated' && name !== 'voice.deleted') return;
    const voice = data as Summary;
    waiting.current.set(voice.id, name === 'voice.deleted' ? null : voice);
    timer.current ??= window.setTimeout(show, burstMs);
  };
  return useLive(`/api/voices/${encodeURIComponent(partner)}/events`, { onEvent: heard, onMissed: refetch });
}

function withChanges(
  data: Pages,
  changes: readonly (readonly [string, Summary | null])[],
  filters: VoiceFilters,
): Pages {
  const pages = changes.reduce<readonly VoicePage[]>(
    (list, [id, voice]) => (voice ? withVoice(list, voice, filters) : withoutVoice(list, id)),
    data.pages,
  );
  return { ...data, pages: [...pages] };
}
