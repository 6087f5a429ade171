import { useEffect, useEffectEvent, useRef } from 'react';
import type { LiveVoices } from '../../api/voices.js';
import { text } from '../../texts/text.js';
import { Button } from '../../ui/Button.js';

interface LoadMoreProps {
  readonly count: number;
  readonly list: Pick<LiveVoices, 'hasMore' | 'isLoadingMore' | 'mayLoadMore' | 'loadMore'>;
}

/**
 * The end of the list. The next page is loaded when it comes near, or when its button is pressed. If it is near while the
 * rows are read again, it is loaded afterwards: a new observer tells what is in view.
 */
export function LoadMore({ count, list: { hasMore, isLoadingMore, mayLoadMore, loadMore } }: LoadMoreProps) {
  const end = useRef<HTMLDivElement>(null);
  const more = useEffectEvent(loadMore);
  useEffect(() => {
    if (!end.current || !mayLoadMore) return;
    const watch = new IntersectionObserver(([entry]) => entry?.isIntersecting && more(), { rootMargin: '600px' });
    watch.observe(end.current);
    return () => watch.disconnect();
  }, [mayLoadMore, count]);
  return (
    <div ref={end} className="row voices-end">
      <span className="muted" role="status">
        {text(hasMore ? 'voices.countSoFar' : 'voices.count', { count })}
      </span>
      {hasMore && (
        <Button isPending={isLoadingMore} onPress={loadMore}>
          {text('voices.more')}
        </Button>
      )}
    </div>
  );
}
