/**
 * Returns the jobs finished per minute in the steady state, which is the time from the end of the first wave to the
 * last end. The first wave starts together with the load.
 *
 * @param endsSeconds when each job ended, in any order
 * @param atATime the number of concurrent jobs, which is the size of the first wave
 * @throws Error if there is only one wave
 */
export function perMinute(endsSeconds: readonly number[], atATime: number): number {
  const ends = [...endsSeconds].sort((a, b) => a - b);
  const [from, to] = [ends[atATime - 1], ends.at(-1)];
  if (from === undefined || to === undefined || !(to > from)) throw new Error('Too few jobs to compute a rate');
  return ((ends.length - atATime) / (to - from)) * 60;
}
