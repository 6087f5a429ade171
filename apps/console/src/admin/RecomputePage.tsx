import { useState } from 'react';
import type { Schema } from '#libs/client';
import { text } from '../texts/text.js';
import { Button } from '../ui/Button.js';
import { EmptyState } from '../ui/notes.js';
import { useTitle } from '../ui/use-title.js';
import { useRecomputes } from './admin-queries.js';
import { AdminOnly } from './AdminOnly.js';
import { Answered } from './Answered.js';
import { CancelRecomputeDialog } from './recompute/CancelRecomputeDialog.js';
import { RecomputeCard } from './recompute/RecomputeCard.js';
import { StartRecompute } from './recompute/StartRecompute.js';

/** Embeds voices again, for example after the engine was upgraded. */
export function RecomputePage() {
  return (
    <AdminOnly>
      <Recomputes />
    </AdminOnly>
  );
}

function Recomputes() {
  useTitle(text('admin.recompute'));
  const recomputes = useRecomputes();
  const [isStarting, setStarting] = useState(false);
  const [cancelling, setCancelling] = useState<Schema<'Recompute'>>();
  return (
    <div className="stack admin-page">
      <div className="row spread">
        <h1>{text('admin.recompute')}</h1>
        <Button kind="primary" icon="refreshCw" onPress={() => setStarting(true)}>
          {text('admin.recompute.start')}
        </Button>
      </div>
      <p className="muted recompute-lead">{text('admin.recompute.lead')}</p>
      <Answered query={recomputes}>
        {(all) =>
          all.length === 0 ? (
            <EmptyState icon="refreshCw" title={text('admin.recompute.none')}>
              {text('admin.recompute.noneText')}
            </EmptyState>
          ) : (
            <>
              <ul className="stack">
                {all.map((each) => (
                  <li key={each.id}>
                    <RecomputeCard recompute={each} onCancel={() => setCancelling(each)} />
                  </li>
                ))}
              </ul>
              {all.some(({ counts }) => counts.skipped > 0) && (
                <p className="muted field-hint">{text('admin.recompute.skippedText')}</p>
              )}
            </>
          )
        }
      </Answered>
      {isStarting && <StartRecompute onClose={() => setStarting(false)} />}
      {cancelling && <CancelRecomputeDialog recompute={cancelling} onClose={() => setCancelling(undefined)} />}
    </div>
  );
}
