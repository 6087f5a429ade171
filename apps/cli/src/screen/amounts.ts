const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];

/** Returns for example `12.3 MB`. */
export function bytesText(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  return `${power === 0 ? bytes : (bytes / 1000 ** power).toFixed(1)} ${units[power]}`;
}

/** Returns a length of audio or of time: `7.4 s`, `3:05`, `1:02:40`. */
export function durationText(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds * 10) / 10} s`;
  const whole = Math.round(seconds);
  const two = (number: number): string => String(number).padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** Returns how long ago something was, in one unit: `just now`, `5 min ago`, `3 days ago`. */
export function ageText(time: string, now = Date.now()): string {
  const seconds = Math.max(0, (now - Date.parse(time)) / 1000);
  const steps: readonly (readonly [number, string])[] = [
    [86_400, 'day'],
    [3600, 'h'],
    [60, 'min'],
  ];
  for (const [size, unit] of steps) {
    const count = Math.floor(seconds / size);
    if (count >= 1) return `${count} ${unit}${unit === 'day' && count > 1 ? 's' : ''} ago`;
  }
  return 'just now';
}
