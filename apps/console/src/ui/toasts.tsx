import {
  UNSTABLE_Toast as Toast,
  UNSTABLE_ToastContent as Content,
  UNSTABLE_ToastQueue as Queue,
  UNSTABLE_ToastRegion as Region,
  Button as AriaButton,
  Text,
} from 'react-aria-components';
import { text } from '../texts/text.js';
import { Icon } from './Icon.js';
import { sentenceOf } from './notes.js';
import './toasts.css';

interface Said {
  readonly tone: 'good' | 'poor';
  readonly sentence: string;
}

const queue = new Queue<Said>({ maxVisibleToasts: 3 });

/** Says for six seconds that something has been done. */
export function sayDone(sentence: string): void {
  queue.add({ tone: 'good', sentence }, { timeout: 6000 });
}

/** Says until it is closed that something failed, where no place in the page belongs to it. */
export function sayFailed(failure: unknown): void {
  queue.add({ tone: 'poor', sentence: sentenceOf(failure) });
}

export function Toasts() {
  return (
    <Region queue={queue} className="toasts">
      {({ toast }) => (
        <Toast toast={toast} className={`toast toast-${toast.content.tone}`}>
          <Icon name={toast.content.tone === 'good' ? 'circleCheck' : 'circleAlert'} />
          <Content className="grow">
            <Text slot="title">{toast.content.sentence}</Text>
          </Content>
          <AriaButton slot="close" className="button button-icon button-quiet" aria-label={text('action.close')}>
            <Icon name="x" size={16} />
          </AriaButton>
        </Toast>
      )}
    </Region>
  );
}
