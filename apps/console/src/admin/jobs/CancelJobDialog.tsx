import { unwrap, type Schema } from '#libs/client';
import { useAction } from '../../api/use-action.js';
import { useSession } from '../../session/session.js';
import { text } from '../../texts/text.js';
import { ConfirmDialog } from '../../ui/Dialog.js';

/** Asks before a job is ended. Its voice is unlocked and keeps what it had before. */
export function CancelJobDialog({ job, onClose }: { job: Schema<'Job'>; onClose: () => void }) {
  const { timbre } = useSession();
  const cancel = useAction(
    () => unwrap(timbre.POST('/api/admin/jobs/{id}/cancel', { params: { path: { id: job.id } } })),
    { done: text('admin.jobs.cancelled', { voice: job.voice }) },
  );
  return (
    <ConfirmDialog
      title={text('admin.jobs.cancelTitle', { kind: job.kind, voice: job.voice })}
      action={text('admin.jobs.cancelAction')}
      dismiss={text('admin.jobs.keep')}
      isDangerous
      isOpen
      onClose={onClose}
      onConfirm={cancel.runOrThrow}
    >
      <p>{text('admin.jobs.cancelText', { partner: job.partner })}</p>
    </ConfirmDialog>
  );
}
