import type { Schema } from '#libs/client';
import { text } from '../../texts/text.js';
import { Button } from '../../ui/Button.js';
import { CopyButton } from '../../ui/CopyButton.js';
import { Note } from '../../ui/notes.js';

/** The text of a new key, the only time that it is shown. */
export function KeyShown({ created, onClose }: { created: Schema<'CreatedApiKey'>; onClose: () => void }) {
  return (
    <div className="stack">
      <Note tone="fair">{text('admin.keys.shown.once')}</Note>
      <textarea
        className="field-input key-text"
        aria-label={text('admin.keys.shown.key')}
        value={created.key}
        rows={2}
        readOnly
        onFocus={({ currentTarget }) => currentTarget.select()}
      />
      <CopyButton value={created.key} label={text('admin.keys.shown.copy')} />
      <p className="muted">{text('admin.keys.shown.use', { partner: created.partner })}</p>
      <div className="row dialog-actions">
        <Button onPress={onClose}>{text('admin.keys.shown.stored')}</Button>
      </div>
    </div>
  );
}
