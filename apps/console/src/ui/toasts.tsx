import { useSyncExternalStore } from 'react';
import { text } from '../texts/text.js';
import { IconButton } from './Button.js';
import { Icon } from './Icon.js';
import { sentenceOf, toneIcons } from './notes.js';
import { ToastQueue } from './toast-queue.js';
import './toasts.css';

const queue = new ToastQueue();

/** Says for six seconds that something has been done. */
export function sayDone(sentence: string): void {
  queue.add('good', sentence, 6000);
}

/** Says until it is closed that something failed, where no place in the page belongs to it. */
export function sayFailed(failure: unknown): void {
  queue.add('poor', sentenceOf(failure));
}

/** The place of what has been said. Screen readers say it when it appears. */
export function Toasts() {
  const toasts = useSyncExternalStore(queue.subscribe, queue.current);
  return (
    <div
      className="toasts"
      role="log"
      aria-label={text('toasts.label')}
      aria-live="polite"
      onPointerEnter={queue.hold}
      onPointerLeave={queue.release}
      onFocus={queue.hold}
      onBlur={queue.release}
    >
      {toasts.map(({ id, tone, sentence }) => (
        <div key={id} className={`toast toast-${tone}`}>
          <Icon name={toneIcons[tone]} />
          <span className="grow">{sentence}</span>
          <IconButton icon="x" label={text('action.close')} onPress={() => queue.remove(id)} />
        </div>
      ))}
    </div>
  );
}
