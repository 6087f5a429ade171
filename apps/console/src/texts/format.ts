/** Returns seconds as `m:ss`, or `h:mm:ss` from an hour on. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const two = (value: number): string => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

const dates = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const steps = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

export const dateTime = (iso: string): string => dates.format(new Date(iso));

/** Returns how long ago a time was, for example `3 hours ago`. */
export function ago(iso: string, now = Date.now()): string {
  const seconds = (new Date(iso).getTime() - now) / 1000;
  const [unit, size] = steps.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1];
  return relative.format(Math.round(seconds / size), unit);
}

const sizes = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Returns a number of bytes with a decimal unit, for example `12.3 MB`. */
export function bytes(count: number): string {
  const power = Math.min(sizes.length - 1, count < 1000 ? 0 : Math.floor(Math.log10(count) / 3));
  const value = count / 1000 ** power;
  return `${power === 0 ? value : value.toFixed(1)} ${sizes[power]}`;
}

const languages = new Intl.DisplayNames('en', { type: 'language', fallback: 'code' });

/** Returns the name of a BCP 47 tag, for example `Canadian French`, or the tag if it is malformed. */
export function languageName(tag: string): string {
  try {
    return languages.of(tag) ?? tag;
  } catch {
    return tag;
  }
}

const counts = new Intl.NumberFormat('en');

/** Returns a number with separators between thousands, for example `1,000`. */
export const count = (value: number): string => counts.format(value);

/** Returns a duration in its largest unit, for example `42 s`, `7 min` or `1.5 h`. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  return `${counts.format(Number((seconds / 3600).toFixed(1)))} h`;
}
