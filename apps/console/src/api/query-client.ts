import { QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiFailure } from '#libs/client';
import { cacheKeys } from './keys.js';

/** A refusal is final. An overloaded or unreachable server is asked twice more. */
const mayRetry = (failures: number, error: Error): boolean =>
  failures < 2 && error instanceof ApiFailure && (error.status === 0 || error.status >= 500 || error.status === 429);

/**
 * Creates the cache of answers. Events keep it fresh (voice.ts, voices.ts), so answers hardly age by themselves. When a key
 * stops working, its owner is asked for again, and App shows the sign-in.
 */
export function createQueryClient(): QueryClient {
  const queryCache = new QueryCache({
    onError: (error, { queryKey }) => {
      if (error instanceof ApiFailure && error.status === 401 && queryKey[0] !== cacheKeys.owner[0]) {
        void client.invalidateQueries({ queryKey: cacheKeys.owner });
      }
    },
  });
  const client = new QueryClient({
    queryCache,
    defaultOptions: { queries: { retry: mayRetry, staleTime: 60_000, refetchOnWindowFocus: true } },
  });
  return client;
}
