import type { Schema } from '#libs/client';

type Job = Schema<'Job'>;

/** Returns whether a job can still be cancelled. */
export const isUnderWay = ({ finished_at }: Pick<Job, 'finished_at'>): boolean => finished_at === null;

/** Returns for how many seconds a job has been under way, or took. */
export function durationOf({ created_at, finished_at }: Pick<Job, 'created_at' | 'finished_at'>, now: number): number {
  const end = finished_at === null ? now : Date.parse(finished_at);
  return Math.max(0, (end - Date.parse(created_at)) / 1000);
}

/** Returns the jobs whose partner, voice or id contains every word of the search. */
export function searchedJobs(jobs: readonly Job[], search: string): readonly Job[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return jobs;
  return jobs.filter(({ partner, voice, id }) => {
    const searched = `${partner} ${voice} ${id}`.toLowerCase();
    return words.every((word) => searched.includes(word));
  });
}
