import { ToggleButton } from 'react-aria-components';
import { useIsPlaying, type Sound } from '../../player/player.js';
import { text } from '../../texts/text.js';
import { Icon } from '../../ui/Icon.js';
import type { AbChoice, Slot } from './use-ab.js';
import './ab.css';

interface SoundButtonProps {
  readonly sound: Sound;
  /**
   * What is written on it. It is a part of the sound's name: people who speak to their computer say what they read
   * (WCAG 2.5.3).
   */
  readonly word: string;
  readonly ab: AbChoice;
}

/** Plays a sound, or chooses it for the comparison as A or as B. */
export function SoundButton({ sound, word, ab }: SoundButtonProps) {
  return (
    <span className="sound" role="group" aria-label={sound.name}>
      <PlayButton sound={sound} word={word} ab={ab} />
      <SlotToggle slot="a" sound={sound} ab={ab} />
      <SlotToggle slot="b" sound={sound} ab={ab} />
    </span>
  );
}

/** The part of a {@link SoundButton} that plays. */
function PlayButton({ sound, word, ab }: SoundButtonProps) {
  const isPlaying = useIsPlaying(sound.id);
  const label = text(isPlaying ? 'ab.sound.pause' : 'ab.sound.play', { name: sound.name });
  return (
    <ToggleButton className="sound-part" isSelected={isPlaying} aria-label={label} onChange={() => ab.toggle(sound)}>
      <Icon name={isPlaying ? 'pause' : 'play'} size={14} filled />
      {word}
    </ToggleButton>
  );
}

function SlotToggle({ slot, sound, ab }: Pick<SoundButtonProps, 'sound' | 'ab'> & { slot: Slot }) {
  const letter = slot.toUpperCase();
  return (
    <ToggleButton
      className="sound-part"
      isSelected={ab.pair[slot]?.id === sound.id}
      aria-label={text('ab.sound.choose', { slot: letter, name: sound.name })}
      onChange={() => ab.choose(slot, sound)}
    >
      {letter}
    </ToggleButton>
  );
}
