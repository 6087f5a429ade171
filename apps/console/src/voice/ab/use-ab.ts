import { useQuery } from '@tanstack/react-query';
import { useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { usePlayerState, type Sound } from '../../player/player.js';
import { useStable } from '../../ui/use-stable.js';
import { matchLevels, samePlace, type Gains, type Measured } from './level-match.js';
import { measureSound } from './measure-sound.js';

export type Slot = 'a' | 'b';

export type Pair = Readonly<Partial<Record<Slot, Sound>>>;

/** What a list of sounds needs to choose two of them. It stays the same until another sound is chosen. */
export interface AbChoice {
  readonly pair: Pair;
  /** Puts a sound into a slot. A sound that is there already is taken out again. */
  readonly choose: (slot: Slot, sound: Sound) => void;
  /** Plays or pauses any sound. One that is compared is played at its matched level. */
  readonly toggle: (sound: Sound) => void;
}

/** Two sounds that are compared by ear. */
export interface Ab {
  readonly pair: Pair;
  readonly choice: AbChoice;
  /** Replaces both sounds, and plays one of them. */
  readonly compare: (pair: Readonly<Record<Slot, Sound>>, first: Slot) => void;
  /** Plays a slot, at the place where the other one is being heard. */
  readonly play: (slot: Slot) => void;
  /** Plays the other one of the two. */
  readonly switch: () => void;
  readonly clear: () => void;
  /** The slot that is being heard. */
  readonly heard: Slot | undefined;
  /** Undefined until both sounds have been measured. */
  readonly gains: Gains | undefined;
  /** Whether a sound could not be measured. Levels are then as they were recorded. */
  readonly hasFailed: boolean;
  /** Handles the keys `a`, `b` and `x` where the focus is within the comparison. */
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

const other = (slot: Slot): Slot => (slot === 'a' ? 'b' : 'a');

/** Compares two sounds: at the same place, with their levels matched. */
export function useAb(): Ab {
  const player = usePlayerState();
  const [pair, setPair] = useState<Pair>({});
  const measured = { a: useMeasured(pair.a), b: useMeasured(pair.b) };
  const gains = measured.a.data && measured.b.data && matchLevels(measured.a.data, measured.b.data);
  const isIn = (slot: Slot): boolean => pair[slot] !== undefined && pair[slot].id === player.sound?.id;
  const present = isIn('a') ? 'a' : isIn('b') ? 'b' : undefined;

  const starts = useRef(0);

  /** Plays a slot as soon as both levels are known. */
  const start = async (sounds: Pair, slot: Slot, isSwitch: boolean): Promise<void> => {
    const sound = sounds[slot];
    if (!sound) return;
    starts.current += 1;
    const mine = starts.current;
    const found = await measureBoth(sounds);
    if (mine !== starts.current) return;
    const from = isSwitch ? samePlace(player.now(), found?.[slot].durationSeconds) : 0;
    player.play({ ...sound, gainDb: found ? matchLevels(found.a, found.b)[slot] : 0 }, { from });
  };
  const play = (slot: Slot): void => {
    if (present === slot && player.isPlaying) player.pause();
    else if (present === slot) player.toggle();
    else void start(pair, slot, present !== undefined);
  };
  const switchOver = (): void => {
    const next = present === undefined ? 'a' : other(present);
    if (pair[next]) void start(pair, next, present !== undefined);
  };
  const choose = (slot: Slot, sound: Sound): void => {
    const isThere = pair[slot]?.id === sound.id;
    const rest = pair[other(slot)]?.id === sound.id ? {} : pair;
    setPair(isThere ? without(pair, slot) : { ...rest, [slot]: sound });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const key = event.key.toLowerCase();
    if (key === 'x') switchOver();
    else if ((key === 'a' || key === 'b') && pair[key]) play(key);
    else return;
    event.preventDefault();
  };
  const toggle = (sound: Sound): void => {
    if (sound.id === pair.a?.id) play('a');
    else if (sound.id === pair.b?.id) play('b');
    else player.toggle(sound);
  };
  const handlers = useStable({ choose, toggle });
  const choice = useMemo(() => ({ pair, ...handlers }), [pair, handlers]);
  return {
    pair,
    choice,
    compare: (sounds, first) => {
      setPair(sounds);
      void start(sounds, first, false);
    },
    play,
    switch: switchOver,
    clear: () => setPair({}),
    heard: player.isPlaying ? present : undefined,
    gains,
    hasFailed: measured.a.isError || measured.b.isError,
    onKeyDown,
  };
}

const without = (pair: Pair, slot: Slot): Pair => {
  const sound = pair[other(slot)];
  return sound ? { [other(slot)]: sound } : {};
};

/** Returns what was measured of both sounds; undefined if there is only one, or if one cannot be measured. */
async function measureBoth({ a, b }: Pair): Promise<Readonly<Record<Slot, Measured>> | undefined> {
  if (!a || !b) return undefined;
  try {
    const [first, second] = await Promise.all([measureSound(a.url), measureSound(b.url)]);
    return { a: first, b: second };
  } catch {
    return undefined;
  }
}

const useMeasured = (sound: Sound | undefined) =>
  useQuery<Measured>({
    queryKey: ['loudness', sound?.url],
    queryFn: () => measureSound(sound?.url ?? ''),
    enabled: sound !== undefined,
    staleTime: Infinity,
    retry: false,
  });

const isTyping = (target: EventTarget): boolean =>
  target instanceof Element && target.closest('input, textarea, select, [contenteditable], [role="listbox"]') !== null;
