import { QueryClient } from '@tanstack/react-query';
import { ApiFailure } from '#libs/client';

/** A refusal is final. An overloaded or unreachable server is asked twice more. */
const mayRetry = (failures: number, error: Error): boolean =>
  failures < 2 && error instanceof ApiFailure && (error.status === 0 || error.status >= 500 || error.status === 429);

/** Creates the cache of answers. Events keep it fresh (live-voices.ts), so answers do not age by themselves. */
export const createQueryClient = (): QueryClient =>
  new QueryClient({ defaultOptions: { queries: { retry: mayRetry, staleTime: 60_000, refetchOnWindowFocus: true } } });
