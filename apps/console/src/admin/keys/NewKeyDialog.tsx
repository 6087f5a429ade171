import { useState } from 'react';
import type { Schema } from '#libs/client';
import { text } from '../../texts/text.js';
import { Dialog } from '../../ui/Dialog.js';
import { KeyForm } from './KeyForm.js';
import { KeyShown } from './KeyShown.js';

interface NewKeyDialogProps {
  /** Undefined to create a partner by its first key. */
  readonly partner?: string;
  /** Names of the partners that there are. */
  readonly taken?: readonly string[];
  readonly onClose: () => void;
}

/** Asks what a new key is for, creates it and then shows it. It stays until its reader says that the key is stored. */
export function NewKeyDialog({ partner, taken = [], onClose }: NewKeyDialogProps) {
  const [created, setCreated] = useState<Schema<'CreatedApiKey'>>();
  const title = partner === undefined ? text('admin.partners.create') : text('admin.keys.createFor', { partner });
  return (
    <Dialog
      title={created ? text('admin.keys.shown.title', { name: created.name }) : title}
      isOpen
      onClose={onClose}
      stays={created !== undefined}
    >
      {created ? (
        <KeyShown created={created} onClose={onClose} />
      ) : (
        <KeyForm partner={partner} taken={taken} onCreated={setCreated} onCancel={onClose} />
      )}
    </Dialog>
  );
}
