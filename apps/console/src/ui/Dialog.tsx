import { useState, type ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { text } from '../texts/text.js';
import { Button, IconButton } from './Button.js';
import { TextField } from './fields.js';
import { FailureNote } from './notes.js';
import './dialog.css';

interface DialogProps {
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly wide?: boolean;
  /** Only a button among the children closes it: what it shows cannot be shown again. */
  readonly stays?: boolean;
}

/** A dialog over the page. Escape, the cross and a press outside close it. */
export function Dialog({ title, isOpen, onClose, children, wide = false, stays = false }: DialogProps) {
  return (
    <ModalOverlay
      className="overlay"
      isOpen={isOpen}
      onOpenChange={(open) => !open && onClose()}
      isDismissable={!stays}
      isKeyboardDismissDisabled={stays}
    >
      <Modal className={wide ? 'modal modal-wide' : 'modal'}>
        <AriaDialog className="dialog">
          <div className="row spread dialog-head">
            <Heading slot="title" level={2}>
              {title}
            </Heading>
            {!stays && <IconButton icon="x" label={text('action.close')} onPress={onClose} />}
          </div>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

interface ConfirmProps extends Omit<DialogProps, 'children' | 'wide' | 'stays'> {
  /** What will happen, and whether it can be undone. */
  readonly children: ReactNode;
  /** What the button says: the action itself, for example `Delete anna`. */
  readonly action: string;
  /** What the other button says, where `Cancel` could be read as the action. */
  readonly dismiss?: string;
  readonly isDangerous?: boolean;
  /** What must be typed before the button can be pressed, for example a name: for what nobody can bring back. */
  readonly mustType?: string;
  /** The dialog stays open with the API's sentence if this fails. */
  readonly onConfirm: () => Promise<unknown>;
}

/** Asks before something that cannot simply be taken back. */
export function ConfirmDialog({ title, isOpen, ...props }: ConfirmProps) {
  return (
    <Dialog title={title} isOpen={isOpen} onClose={props.onClose}>
      <Confirmation {...props} />
    </Dialog>
  );
}

/** What is in a ConfirmDialog. Each time it is opened it starts anew, without what was typed before. */
function Confirmation({
  children,
  action,
  dismiss = text('action.cancel'),
  isDangerous = false,
  mustType,
  onConfirm,
  onClose,
}: Omit<ConfirmProps, 'title' | 'isOpen'>) {
  const [typed, setTyped] = useState('');
  const [failure, setFailure] = useState<unknown>();
  const [isPending, setPending] = useState(false);
  const confirm = async (): Promise<void> => {
    setPending(true);
    setFailure(undefined);
    try {
      await onConfirm();
      onClose();
    } catch (error) {
      setFailure(error);
    } finally {
      setPending(false);
    }
  };
  return (
    <div className="stack">
      {children}
      {mustType !== undefined && (
        <TextField
          label={text('confirm.type', { word: mustType })}
          value={typed}
          onChange={setTyped}
          autoComplete="off"
        />
      )}
      <FailureNote failure={failure} />
      <div className="row dialog-actions">
        <Button onPress={onClose} autoFocus>
          {dismiss}
        </Button>
        <Button
          kind={isDangerous ? 'danger' : 'primary'}
          isPending={isPending}
          isDisabled={mustType !== undefined && typed.trim() !== mustType.trim()}
          onPress={() => void confirm()}
        >
          {action}
        </Button>
      </div>
    </div>
  );
}
