import { useEffect, useState } from 'react';

/** Returns a number that changes with the colours of the page, so that what is drawn on a canvas is drawn again. */
export function useColours(): number {
  const [count, setCount] = useState(0);
  useEffect(() => {
    const observer = new MutationObserver(() => setCount((before) => before + 1));
    observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => observer.disconnect();
  }, []);
  return count;
}
