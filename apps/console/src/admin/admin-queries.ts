import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { ApiFailure, unwrap, type Schema } from '#libs/client';
import { useSession } from '../session/session.js';
import { isReadiness } from './jobs/health.js';

/** All answers to admins have keys that start with this, so that a change can refresh them. */
export const adminKey = 'admin';

/** No stream of events tells admins about changes. Answers of this age are asked for again when a page is opened. */
const staleTime = 3000;

export function usePartners() {
  const { timbre } = useSession();
  return useQuery({
    queryKey: [adminKey, 'partners'],
    queryFn: ({ signal }) => unwrap(timbre.GET('/api/admin/partners', { signal })),
    staleTime,
  });
}

/** Timbre counts the usage when it is asked, so that it is asked only for partners in view. */
export function useUsage(partner: string, isNeeded = true) {
  const { timbre } = useSession();
  return useQuery({
    queryKey: [adminKey, 'usage', partner],
    queryFn: ({ signal }) => unwrap(timbre.GET('/api/usage/{partner}', { params: { path: { partner } }, signal })),
    enabled: isNeeded,
    staleTime,
  });
}

export function useKeys(partner: string) {
  const { timbre } = useSession();
  return useQuery({
    queryKey: [adminKey, 'keys', partner],
    queryFn: ({ signal }) =>
      unwrap(timbre.GET('/api/admin/partners/{partner}/keys', { params: { path: { partner } }, signal })),
    staleTime,
  });
}

export function useChanges(partner: string, limit: number) {
  const { timbre } = useSession();
  return useQuery({
    queryKey: [adminKey, 'changes', partner, limit],
    queryFn: ({ signal }) => unwrap(timbre.GET('/api/admin/audit', { params: { query: { partner, limit } }, signal })),
    placeholderData: keepPreviousData,
    staleTime,
  });
}

/** @param everyMs how often the jobs are asked for; false while the reader has stopped it. Never while the page is hidden */
export function useJobs(state: Schema<'JobState'> | undefined, everyMs: number | false) {
  const { timbre } = useSession();
  return useQuery({
    queryKey: [adminKey, 'jobs', state],
    queryFn: ({ signal }) =>
      unwrap(timbre.GET('/api/admin/jobs', { params: { query: state === undefined ? {} : { state } }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: everyMs,
    staleTime,
  });
}

/** How Timbre's dependencies are. An answer that says they are down comes with status 503, but is an answer. */
export function useHealth(everyMs: number | false) {
  const { timbre } = useSession();
  return useQuery({
    queryKey: [adminKey, 'health'],
    queryFn: async ({ signal }) => {
      const call = timbre.GET('/api/health/ready', { signal });
      const answer = await call.catch((cause: unknown) => Promise.reject(ApiFailure.unreachable(cause)));
      return isReadiness(answer.error) ? answer.error : unwrap(Promise.resolve(answer));
    },
    refetchInterval: everyMs,
    staleTime,
  });
}

/** Returns whether the board of the queues is served: BULL_BOARD may turn it off. */
export function useHasQueueBoard(): boolean {
  const { connection } = useSession();
  const { data = false } = useQuery({
    queryKey: [adminKey, 'queue-board'],
    queryFn: async ({ signal }) => {
      const headers = { 'X-Api-Key': connection.key };
      const { ok } = await fetch(`${connection.origin}/api/admin/queues`, { method: 'HEAD', headers, signal });
      return ok;
    },
    staleTime: Infinity,
    retry: false,
  });
  return data;
}

/** The recomputes, asked for often while one is under way. */
export function useRecomputes() {
  const { timbre } = useSession();
  return useQuery({
    queryKey: [adminKey, 'recomputes'],
    queryFn: ({ signal }) => unwrap(timbre.GET('/api/admin/recompute', { signal })),
    refetchInterval: ({ state }) => (state.data?.some((each) => each.state === 'running') ? 3000 : 15_000),
    staleTime,
  });
}
