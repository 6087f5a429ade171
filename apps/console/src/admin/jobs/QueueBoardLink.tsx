import { useSession } from '../../session/session.js';
import { text } from '../../texts/text.js';
import { Icon } from '../../ui/Icon.js';
import { useHasQueueBoard } from '../admin-queries.js';

const hintId = 'queue-board-hint';

/** The way to the board of the queues in Redis, if it is served. The browser asks for its password itself. */
export function QueueBoardLink() {
  const { connection } = useSession();
  const isThere = useHasQueueBoard();
  if (!isThere) return null;
  return (
    <a
      className="button button-plain"
      href={`${connection.origin}/api/admin/queues`}
      target="_blank"
      rel="noreferrer"
      aria-label={text('admin.queues.openLabel')}
      aria-describedby={hintId}
    >
      {text('admin.queues')}
      <Icon name="externalLink" size={16} />
    </a>
  );
}

/** Says beforehand what the board will ask for. */
export function QueueBoardHint() {
  const isThere = useHasQueueBoard();
  if (!isThere) return null;
  return (
    <p id={hintId} className="muted field-hint">
      {text('admin.queues.password')}
    </p>
  );
}
