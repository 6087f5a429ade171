import { useSession } from '../../session/session.js';
import { text } from '../../texts/text.js';
import { Icon } from '../../ui/Icon.js';
import { useHasQueueBoard } from '../admin-queries.js';

/** The way to the board of the queues in Redis, if it is served. Browsers ask for its password themselves. */
export function QueueBoardLink() {
  const { connection } = useSession();
  const isThere = useHasQueueBoard();
  if (!isThere) return null;
  return (
    <section className="card row spread">
      <div className="grow queue-board">
        <h2>{text('admin.queues')}</h2>
        <p className="muted">{text('admin.queues.text')}</p>
      </div>
      <a
        className="button button-plain"
        href={`${connection.origin}/api/admin/queues`}
        target="_blank"
        rel="noreferrer"
        aria-label={text('admin.queues.openLabel')}
      >
        {text('admin.queues.open')}
        <Icon name="externalLink" size={16} />
      </a>
    </section>
  );
}
