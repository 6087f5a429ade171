import { ago, dateTime } from '../texts/format.js';
import { useNow } from './use-now.js';

/** How long ago something was, or in how long it will be. The pointer shows the exact time. */
export function Time({ iso }: { iso: string }) {
  const now = useNow();
  return (
    <time dateTime={iso} title={dateTime(iso)}>
      {ago(iso, now)}
    </time>
  );
}
