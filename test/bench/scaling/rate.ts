/**
 * How many a minute are finished in the steady state: between the end of the first wave, which began when the load did,
 * and the last end.
 *
 * @param endsSeconds when each ended, in any order
 * @param atATime how many are worked on at a time: those of the first wave
 * @throws Error when there are not more than one wave
 */
export function perMinute(endsSeconds: readonly number[], atATime: number): number {
  const ends = [...endsSeconds].sort((a, b) => a - b);
  const [from, to] = [ends[atATime - 1], ends.at(-1)];
  if (from === undefined || to === undefined || !(to > from)) throw new Error('Too few to tell a rate');
  return ((ends.length - atATime) / (to - from)) * 60;
}
