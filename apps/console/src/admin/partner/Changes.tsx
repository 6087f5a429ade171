import { useState } from 'react';
import type { Schema } from '#libs/client';
import { text } from '../../texts/text.js';
import { Button } from '../../ui/Button.js';
import { Time } from '../../ui/Time.js';
import { useChanges } from '../admin-queries.js';
import { Answered } from '../Answered.js';
import { detailsOf } from './audit-details.js';

const fewAtFirst = 8;
const manyThen = 100;

/** What was changed last at a partner, and by whom. */
export function Changes({ partner }: { partner: string }) {
  const [limit, setLimit] = useState(fewAtFirst);
  const changes = useChanges(partner, limit);
  return (
    <section className="card stack" aria-labelledby="partner-changes">
      <h2 id="partner-changes">{text('admin.audit')}</h2>
      <Answered query={changes} lines={4}>
        {(entries) =>
          entries.length === 0 ? (
            <p className="muted">{text('admin.audit.none')}</p>
          ) : (
            <>
              <ol className="changes" aria-label={text('admin.audit')}>
                {entries.map((entry) => (
                  <Change key={entry.id} entry={entry} />
                ))}
              </ol>
              {limit === fewAtFirst && entries.length === fewAtFirst && (
                <Button kind="quiet" onPress={() => setLimit(manyThen)} isPending={changes.isFetching}>
                  {text('admin.audit.more')}
                </Button>
              )}
            </>
          )
        }
      </Answered>
    </section>
  );
}

function Change({ entry }: { entry: Schema<'AuditEntry'> }) {
  const details = detailsOf(entry.details);
  return (
    <li className="change">
      <div className="row spread">
        <span>
          <code>{entry.action}</code> {entry.voice !== null && <strong>{entry.voice}</strong>}
        </span>
        <span className="muted field-hint">
          {text(`admin.audit.by.${entry.actor}`)} · <Time iso={entry.at} />
        </span>
      </div>
      {details !== '' && <div className="muted field-hint">{details}</div>}
    </li>
  );
}
