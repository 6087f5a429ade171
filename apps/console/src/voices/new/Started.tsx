import { useEffect, useEffectEvent } from 'react';
import { text } from '../../texts/text.js';
import { Button } from '../../ui/Button.js';
import { isOver } from '../upload/upload.js';
import { UploadItem } from '../upload/UploadItem.js';
import { useUploadQueue, useUploads } from '../upload/uploads.js';

interface StartedProps {
  readonly ids: readonly string[];
  /** The only upload has become a voice. */
  readonly onMade: (id: string) => void;
  readonly onClose: () => void;
}

/** The uploads that a dialog has started. They go on when it is closed. */
export function Started({ ids, onMade, onClose }: StartedProps) {
  const queue = useUploadQueue();
  const uploads = useUploads().filter(({ id }) => ids.includes(id));
  const [only] = uploads;
  const made = uploads.length === 1 && only?.state.is === 'done' ? only.state.voice.id : undefined;
  const show = useEffectEvent((voice: string) => {
    for (const id of ids) queue.remove(id);
    onMade(voice);
  });
  const close = useEffectEvent(onClose);
  const areGone = uploads.length === 0;
  useEffect(() => {
    if (made !== undefined) show(made);
    else if (areGone) close();
  }, [made, areGone]);
  return (
    <div className="stack">
      <ul className="stack">
        {uploads.map((upload) => (
          <UploadItem key={upload.id} upload={upload} />
        ))}
      </ul>
      <div className="row spread dialog-actions">
        <span className="muted">{!uploads.every(isOver) && text('newVoice.goesOn')}</span>
        <Button onPress={onClose}>{text('action.close')}</Button>
      </div>
    </div>
  );
}
