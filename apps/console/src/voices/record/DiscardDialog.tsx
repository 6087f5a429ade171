import { text } from '../../texts/text.js';
import { ConfirmDialog } from '../../ui/Dialog.js';

interface DiscardProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onDiscard: () => void;
}

/** Asks before a recording is lost that exists nowhere else. */
export function DiscardDialog({ isOpen, onClose, onDiscard }: DiscardProps) {
  return (
    <ConfirmDialog
      isOpen={isOpen}
      title={text('record.leave.title')}
      action={text('record.leave.action')}
      isDangerous
      onClose={onClose}
      onConfirm={() => Promise.resolve(onDiscard())}
    >
      <p>{text('record.leave.text')}</p>
    </ConfirmDialog>
  );
}
