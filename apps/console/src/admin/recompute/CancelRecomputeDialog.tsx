import { unwrap, type Schema } from '#libs/client';
import { useAction } from '../../api/use-action.js';
import { useSession } from '../../session/session.js';
import { text } from '../../texts/text.js';
import { ConfirmDialog } from '../../ui/Dialog.js';
import { adminKey } from '../admin-queries.js';

interface CancelRecomputeProps {
  readonly recompute: Schema<'Recompute'>;
  readonly onClose: () => void;
}

/** Asks before a recompute ends. What it has embedded stays. */
export function CancelRecomputeDialog({ recompute: { id, tts_type, counts }, onClose }: CancelRecomputeProps) {
  const { timbre } = useSession();
  const cancel = useAction(
    () => unwrap(timbre.POST('/api/admin/recompute/{id}/cancel', { params: { path: { id } } })),
    { done: text('admin.recompute.cancelled'), refresh: [[adminKey, 'recomputes']] },
  );
  return (
    <ConfirmDialog
      title={text('admin.recompute.cancelTitle', { type: tts_type })}
      action={text('admin.recompute.cancelAction')}
      dismiss={text('admin.recompute.keep')}
      isDangerous
      isOpen
      onClose={onClose}
      onConfirm={cancel.runOrThrow}
    >
      <p>{text('admin.recompute.cancelText', { waiting: counts.waiting, running: counts.running })}</p>
    </ConfirmDialog>
  );
}
