import type { ReactNode } from 'react';
import { useSession } from '../session/session.js';
import { text } from '../texts/text.js';
import { EmptyState } from '../ui/notes.js';
import './admin.css';

/** Shows a page to holders of an admin key. Others read why there is nothing: the API would refuse every request. */
export function AdminOnly({ children }: { children: ReactNode }) {
  const { who } = useSession();
  if (who.is_admin) return children;
  return (
    <EmptyState isPage icon="keyRound" title={text('admin.only.title')}>
      {text('admin.only.text', { partner: who.partner ?? '' })}
    </EmptyState>
  );
}
