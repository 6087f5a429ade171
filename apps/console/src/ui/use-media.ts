import { useSyncExternalStore } from 'react';

/** The width from which on tables have columns. Below it each row is a card (table.css). */
export const narrow = '(max-width: 900px)';

/** Returns whether a media query holds at present. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const media = matchMedia(query);
      media.addEventListener('change', changed);
      return () => media.removeEventListener('change', changed);
    },
    () => matchMedia(query).matches,
  );
}
