/** How much had been sent at a time. */
export interface Mark {
  readonly atMs: number;
  readonly loaded: number;
}

/** The speed is that of the last seconds, so that it follows a connection that changes. */
const windowMs = 8000;
const shortestMs = 400;

/** Returns the marks that count, with a new one. */
export function withMark(marks: readonly Mark[], mark: Mark): readonly Mark[] {
  return [...marks.filter(({ atMs }) => mark.atMs - atMs <= windowMs), mark];
}

/** Returns bytes a second over the marks; undefined while they are too few to tell. */
export function speedOf(marks: readonly Mark[]): number | undefined {
  const [first, last] = [marks[0], marks.at(-1)];
  if (!first || !last || last.atMs - first.atMs < shortestMs) return undefined;
  return ((last.loaded - first.loaded) / (last.atMs - first.atMs)) * 1000;
}

/** Returns how long the rest takes; undefined if that cannot be told. */
export function secondsLeft(loaded: number, total: number, bytesPerSecond: number | undefined): number | undefined {
  if (bytesPerSecond === undefined || bytesPerSecond <= 0) return undefined;
  return Math.max(0, (total - loaded) / bytesPerSecond);
}
