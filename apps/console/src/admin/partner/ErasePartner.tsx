import { useState } from 'react';
import { useLocation } from 'wouter';
import { unwrap } from '#libs/client';
import { useAction } from '../../api/use-action.js';
import { useSession } from '../../session/session.js';
import { bytes } from '../../texts/format.js';
import { text } from '../../texts/text.js';
import { Button } from '../../ui/Button.js';
import { ConfirmDialog } from '../../ui/Dialog.js';
import { Note } from '../../ui/notes.js';
import { adminKey, useUsage } from '../admin-queries.js';

/** The end of a partner. Its name has to be typed, because nobody can bring anything back. */
export function ErasePartner({ partner }: { partner: string }) {
  const { timbre } = useSession();
  const { data: usage } = useUsage(partner);
  const [isAsking, setAsking] = useState(false);
  const [, navigate] = useLocation();
  const erase = useAction(
    async () => {
      await unwrap(timbre.DELETE('/api/admin/partners/{partner}', { params: { path: { partner } } }));
      navigate('/admin/partners');
    },
    { done: text('admin.erase.done', { partner }), refresh: [[adminKey, 'partners']] },
  );
  return (
    <section className="card stack" aria-labelledby="partner-erase">
      <h2 id="partner-erase">{text('admin.erase')}</h2>
      <p className="muted">{text('admin.erase.lead')}</p>
      <div className="row">
        <Button kind="danger" icon="trash" onPress={() => setAsking(true)}>
          {text('admin.erase.open')}
        </Button>
      </div>
      <ConfirmDialog
        title={text('admin.erase.title', { partner })}
        action={text('admin.erase.action', { partner })}
        isDangerous
        mustType={partner}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={erase.runOrThrow}
      >
        <p>{text('admin.erase.what')}</p>
        <ul className="erase-list">
          <li>
            {usage
              ? text('admin.erase.voices', { voices: usage.voices, samples: usage.samples, size: bytes(usage.bytes) })
              : text('admin.erase.allVoices')}
          </li>
          <li>{text('admin.erase.keys')}</li>
          <li>{text('admin.erase.jobs')}</li>
        </ul>
        <Note tone="poor">{text('admin.erase.forever')}</Note>
      </ConfirmDialog>
    </section>
  );
}
