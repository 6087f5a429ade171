import { useEffect, useState } from 'react';

/** Returns the time in ms, which goes on every so many seconds while the page is visible. For words like `3 minutes ago`. */
export function useNow(everySeconds = 30): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === 'visible' && setNow(Date.now()), everySeconds * 1000);
    return () => clearInterval(timer);
  }, [everySeconds]);
  return now;
}
