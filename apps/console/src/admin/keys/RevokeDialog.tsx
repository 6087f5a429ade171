import { unwrap, type Schema } from '#libs/client';
import { useAction } from '../../api/use-action.js';
import { useSession } from '../../session/session.js';
import { text } from '../../texts/text.js';
import { ConfirmDialog } from '../../ui/Dialog.js';
import { Time } from '../../ui/Time.js';

/** Asks before a key ends. Whoever uses it is locked out within a second. */
export function RevokeDialog({ apiKey, onClose }: { apiKey: Schema<'ApiKey'>; onClose: () => void }) {
  const { timbre } = useSession();
  const revoke = useAction(
    () => unwrap(timbre.DELETE('/api/admin/keys/{id}', { params: { path: { id: apiKey.id } } })),
    { done: text('admin.keys.revokedDone', { name: apiKey.name }) },
  );
  return (
    <ConfirmDialog
      title={text('admin.keys.revokeTitle', { name: apiKey.name })}
      action={text('admin.keys.revokeAction')}
      isDangerous
      isOpen
      onClose={onClose}
      onConfirm={revoke.runOrThrow}
    >
      <p>{text('admin.keys.revokeText')}</p>
      {apiKey.last_used_at !== null && (
        <p className="muted">
          {text('admin.keys.lastUsed')}: <Time iso={apiKey.last_used_at} />
        </p>
      )}
    </ConfirmDialog>
  );
}
