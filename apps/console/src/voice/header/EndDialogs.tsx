import { useLocation } from 'wouter';
import { isBusy, unwrap } from '#libs/client';
import { voicesHref } from '../../app/addresses.js';
import { cacheKeys } from '../../api/keys.js';
import { useAction } from '../../api/use-action.js';
import { useSession } from '../../session/session.js';
import { text } from '../../texts/text.js';
import { ConfirmDialog } from '../../ui/Dialog.js';
import type { SectionProps } from '../section.js';

interface EndProps extends SectionProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Ends the processing of a voice, after it has said what is lost. */
export function CancelDialog({ partner, voice, isOpen, onClose }: EndProps) {
  const { timbre } = useSession();
  const cancel = useAction(
    () =>
      unwrap(timbre.POST('/api/voices/{partner}/{voice}/cancel', { params: { path: { partner, voice: voice.id } } })),
    { done: text('voice.cancelled') },
  );
  return (
    <ConfirmDialog
      title={text('voice.cancel.title')}
      action={text('voice.cancel.action')}
      dismiss={text('voice.cancel.keep')}
      isOpen={isOpen}
      onClose={onClose}
      onConfirm={() => cancel.runOrThrow()}
    >
      <p>{text(`voice.cancel.${whatIsCancelled(voice)}`)}</p>
      <p className="muted">{text('voice.cancel.again')}</p>
    </ConfirmDialog>
  );
}

/** What stays depends on it: docs/api.md, Cancel. */
function whatIsCancelled({ progress, status, samples }: SectionProps['voice']) {
  if (progress?.stage === 'importing') return 'import';
  if (status.splitting !== 'in_progress') return 'embedding';
  return samples.length === 0 ? 'firstSplit' : 'split';
}

/** Deletes a voice, after it has said that nobody can bring it back. */
export function DeleteDialog({ partner, voice, isOpen, onClose }: EndProps) {
  const { timbre } = useSession();
  const [, navigate] = useLocation();
  const { name, samples } = voice;
  const force = isBusy(voice);
  const remove = useAction(
    () =>
      unwrap(
        timbre.DELETE('/api/voices/{partner}/{voice}', {
          params: { path: { partner, voice: voice.id }, query: force ? { force } : {} },
        }),
      ),
    { done: text('voice.delete.done', { name }), refresh: [cacheKeys.voices(partner)] },
  );
  const confirm = async (): Promise<void> => {
    await remove.runOrThrow();
    navigate(voicesHref(partner));
  };
  return (
    <ConfirmDialog
      title={text('voice.delete.title', { name })}
      action={text('voice.delete.action', { name })}
      isDangerous
      isOpen={isOpen}
      onClose={onClose}
      onConfirm={confirm}
    >
      <p>{text('voice.delete.lost', { samples: samples.length })}</p>
      {force && <p>{text('voice.delete.busy')}</p>}
      <p>
        <strong>{text('voice.delete.forever')}</strong> {text('voice.delete.exportFirst')}
      </p>
    </ConfirmDialog>
  );
}
