import { useEffect, useRef, useState, type RefObject } from 'react';

/** Tells whether an element has been in view, or nearly. */
export function useSeen<Shown extends Element>(): readonly [RefObject<Shown | null>, boolean] {
  const element = useRef<Shown>(null);
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    if (!element.current || isSeen) return undefined;
    const onChange = (entries: readonly IntersectionObserverEntry[]): void =>
      setSeen(entries.some(({ isIntersecting }) => isIntersecting));
    const observer = new IntersectionObserver(onChange, { rootMargin: '200px' });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [isSeen]);
  return [element, isSeen];
}
