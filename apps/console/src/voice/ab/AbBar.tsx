import { ToggleButton } from 'react-aria-components';
import { text } from '../../texts/text.js';
import { Button, IconButton } from '../../ui/Button.js';
import { Icon } from '../../ui/Icon.js';
import type { Ab, Slot } from './use-ab.js';
import './ab.css';

/** The two sounds that are compared, and how to switch between them. */
export function AbBar({ ab }: { ab: Ab }) {
  const { pair } = ab;
  const isWhole = pair.a !== undefined && pair.b !== undefined;
  return (
    <div className="ab-bar" role="group" aria-label={text('ab.label')}>
      <SlotButton ab={ab} slot="a" />
      <Button icon="gitCompare" isDisabled={!isWhole} onPress={ab.switch}>
        {text('ab.switch')}
      </Button>
      <SlotButton ab={ab} slot="b" />
      <div className="ab-notes">
        <span role="status">{levelsOf(ab)}</span>
        {isWhole && (
          <span className="muted ab-keys">
            <kbd>A</kbd> <kbd>B</kbd> {text('ab.keys.play')} <kbd>X</kbd> {text('ab.keys.switch')}
          </span>
        )}
      </div>
      {(pair.a ?? pair.b) !== undefined && <IconButton icon="x" label={text('ab.clear')} onPress={ab.clear} />}
    </div>
  );
}

function SlotButton({ ab, slot }: { ab: Ab; slot: Slot }) {
  const sound = ab.pair[slot];
  const isHeard = ab.heard === slot;
  const name = sound?.name ?? text('ab.empty');
  return (
    <ToggleButton
      className={`ab-slot ab-${slot}`}
      isSelected={isHeard}
      isDisabled={!sound}
      onChange={() => ab.play(slot)}
    >
      <span className={`ab-letter ab-letter-${slot}`}>{slot.toUpperCase()}</span>{' '}
      <span className="ellipsis">{name}</span>
      {sound && <Icon name={isHeard ? 'pause' : 'play'} size={16} filled />}
    </ToggleButton>
  );
}

function levelsOf({ pair, gains, hasFailed }: Ab): string {
  if (!pair.a && !pair.b) return text('ab.hint');
  if (!pair.a || !pair.b) return text('ab.second', { slot: pair.a ? 'B' : 'A' });
  if (hasFailed) return text('ab.levels.failed');
  if (!gains) return text('ab.levels.measuring');
  if (gains.a === 0 && gains.b === 0) return text('ab.levels.equal');
  return text('ab.levels.matched', {
    slot: gains.a < 0 ? 'A' : 'B',
    decibels: Math.abs(gains.a < 0 ? gains.a : gains.b).toFixed(1),
  });
}
