import { useLocation } from 'wouter';
import { unwrap, type Schema } from '#libs/client';
import { voicesHref } from '../../app/addresses.js';
import { cacheKeys } from '../../api/keys.js';
import { useAction } from '../../api/use-action.js';
import { useSession } from '../../session/session.js';
import { text } from '../../texts/text.js';
import { ConfirmDialog } from '../../ui/Dialog.js';
import type { SectionProps } from '../section.js';

interface RevokeProps extends SectionProps {
  readonly consent: Schema<'Consent'>;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

function useRevoke(
  { partner, voice, consent }: SectionProps & Pick<RevokeProps, 'consent'>,
  options: Parameters<typeof useAction>[1],
) {
  const { timbre } = useSession();
  return useAction(
    (body: Schema<'RevokeConsentFields'>) =>
      unwrap(
        timbre.POST('/api/voices/{partner}/{voice}/consent/{id}/revoke', {
          params: { path: { partner, voice: voice.id, id: consent.id } },
          body,
        }),
      ),
    options,
  );
}

/** Revokes a consent. The voice stays. */
export function RevokeDialog({ isOpen, onClose, ...props }: RevokeProps) {
  const revoke = useRevoke(props, { done: text('consent.revoke.done') });
  return (
    <ConfirmDialog
      title={text('consent.revoke.title', { name: props.consent.granted_by })}
      action={text('consent.revoke')}
      isDangerous
      isOpen={isOpen}
      onClose={onClose}
      onConfirm={() => revoke.runOrThrow({})}
    >
      <p>{text('consent.revoke.stays')}</p>
      <p>{text('consent.revoke.required')}</p>
      <p>
        <strong>{text('consent.revoke.forever')}</strong>
      </p>
    </ConfirmDialog>
  );
}

/** Revokes a consent and deletes the voice with everything that belongs to it. Its name must be typed. */
export function EraseDialog({ isOpen, onClose, ...props }: RevokeProps) {
  const { partner, voice } = props;
  const [, navigate] = useLocation();
  const { name } = voice;
  const revoke = useRevoke(props, {
    done: text('consent.erase.done', { name }),
    refresh: [cacheKeys.voices(partner)], // there is no voice any more to be read again
  });
  const confirm = async (): Promise<void> => {
    await revoke.runOrThrow({ erase: true });
    navigate(voicesHref(partner));
  };
  return (
    <ConfirmDialog
      title={text('consent.erase.title', { name })}
      action={text('consent.erase.action', { name })}
      isDangerous
      mustType={name}
      isOpen={isOpen}
      onClose={onClose}
      onConfirm={confirm}
    >
      <p>{text('consent.erase.lost')}</p>
      <p>{text('consent.erase.remains')}</p>
      <p>
        <strong>{text('voice.delete.forever')}</strong>
      </p>
    </ConfirmDialog>
  );
}
