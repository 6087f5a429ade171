import { useSession } from '../../session/session.js';
import { text } from '../../texts/text.js';
import { Icon } from '../../ui/Icon.js';
import { useHasQueueBoard } from '../admin-queries.js';

/** The way to the board of the queues in Redis, if it is served. The browser asks for its password itself. */
export function QueueBoardLink() {
  const { connection } = useSession();
  const isThere = useHasQueueBoard();
  if (!isThere) return null;
  return (
    <div className="row queue-board">
      <span id="queue-board-password" className="muted field-hint">
        {text('admin.queues.password')}
      </span>
      <a
        className="button button-plain"
        href={`${connection.origin}/api/admin/queues`}
        target="_blank"
        rel="noreferrer"
        aria-label={text('admin.queues.openLabel')}
        aria-describedby="queue-board-password"
      >
        {text('admin.queues')}
        <Icon name="externalLink" size={16} />
      </a>
    </div>
  );
}
