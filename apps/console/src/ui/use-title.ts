import { useEffect } from 'react';
import { text } from '../texts/text.js';

/** Names the tab of the browser after the page, while it is shown. */
export function useTitle(page: string): void {
  useEffect(() => {
    document.title = `${page} · ${text('app.name')}`;
    return () => {
      document.title = text('app.name');
    };
  }, [page]);
}
