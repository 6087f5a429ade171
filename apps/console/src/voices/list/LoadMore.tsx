import { useEffect, useEffectEvent, useRef } from 'react';
import { text } from '../../texts/text.js';
import { Button } from '../../ui/Button.js';

interface LoadMoreProps {
  readonly count: number;
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  readonly onMore: () => void;
}

/** The end of the list. The next page is loaded when it comes near, or when its button is pressed. */
export function LoadMore({ count, hasMore, isLoading, onMore }: LoadMoreProps) {
  const end = useRef<HTMLDivElement>(null);
  const more = useEffectEvent(onMore);
  useEffect(() => {
    if (!end.current || !hasMore || isLoading) return;
    const watch = new IntersectionObserver(([entry]) => entry?.isIntersecting && more(), { rootMargin: '600px' });
    watch.observe(end.current);
    return () => watch.disconnect();
  }, [hasMore, isLoading, count]);
  return (
    <div ref={end} className="row voices-end">
      <span className="muted" role="status">
        {text(hasMore ? 'voices.countSoFar' : 'voices.count', { count })}
      </span>
      {hasMore && (
        <Button isPending={isLoading} onPress={onMore}>
          {text('voices.more')}
        </Button>
      )}
    </div>
  );
}
