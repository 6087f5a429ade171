import { useQueries, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { unwrap, type Schema } from '#libs/client';
import { cacheKeys } from '../../api/keys.js';
import { useSession } from '../../session/session.js';
import type { SectionProps } from '../section.js';
import { tileName, tilePoints, tileView, wholeTile, type LoadedTile, type Tile } from './tiles.js';

export interface Tiles {
  /** Every tile of the recording that has arrived, also those that are not needed now. */
  readonly loaded: readonly LoadedTile[];
  /** The whole recording: its length and where somebody speaks. undefined until it has arrived. */
  readonly whole: Schema<'Waveform'> | undefined;
  readonly failure: unknown;
  readonly retry: () => void;
}

/**
 * Returns the levels of a recording: asks for the tiles that are needed, once, because they never change. Without a recording
 * there are none.
 */
export function useTiles({ partner, voice }: SectionProps, needed: readonly Tile[]): Tiles {
  const { timbre } = useSession();
  const cache = useQueryClient();
  // Dry runs are kept beside the levels, under another name.
  const name = useMemo(
    () => [...cacheKeys.waveform(partner, voice.id), 'levels', voice.original_filename],
    [partner, voice.id, voice.original_filename],
  );
  const duration = voice.original_duration ?? 0;
  const tiles = [wholeTile, ...needed.filter(({ level }) => level > 0)];
  const queries = useQueries({
    queries: tiles.map((tile) => ({
      queryKey: [...name, tile],
      queryFn: ({ signal }: { signal: AbortSignal }) => {
        const part = tile.level === 0 ? {} : tileView(tile, duration);
        const params = {
          path: { partner, voice: voice.id },
          query: { points: tilePoints, ...part },
        };
        return unwrap(timbre.GET('/api/voices/{partner}/{voice}/waveform', { params, signal }));
      },
      staleTime: Number.POSITIVE_INFINITY,
      enabled: typeof voice.original_url === 'string',
    })),
  });
  const arrived = queries.map(({ data }, index) => (data ? tileName(tiles[index] ?? wholeTile) : '')).join(' ');
  const loaded = useMemo(
    () =>
      cache
        .getQueriesData<Schema<'Waveform'>>({ queryKey: name })
        .flatMap(([key, data]) => (data ? [{ tile: key.at(-1) as Tile, points: data.points }] : [])),
    // oxlint-disable-next-line react/exhaustive-deps -- the cache changes when another tile arrives
    [cache, name, arrived],
  );
  const failed = queries.find(({ error }) => error !== null);
  return {
    loaded,
    whole: queries[0]?.data,
    failure: failed?.error ?? undefined,
    retry: () => queries.forEach(({ error, refetch }) => error !== null && void refetch()),
  };
}
