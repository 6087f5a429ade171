import { text } from '../../texts/text.js';

/** Says which keys do what in the list. */
export function SampleKeys() {
  return (
    <ul id="sample-keys" className="sample-keys muted">
      <li>
        <kbd>{text('key.space')}</kbd> {text('samples.key.space')}
      </li>
      <li>
        <kbd>{text('key.up')}</kbd> <kbd>{text('key.down')}</kbd> {text('samples.key.arrows')}
      </li>
      <li>
        <kbd>1</kbd>–<kbd>9</kbd> {text('samples.key.digits')}
      </li>
      <li>
        <kbd>P</kbd> {text('samples.key.prefer')}
      </li>
    </ul>
  );
}
