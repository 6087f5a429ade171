import { useMemo, useRef, type KeyboardEvent } from 'react';
import type { Schema } from '#libs/client';
import { usePlayerState } from '../../player/player.js';
import { text } from '../../texts/text.js';
import { useStable } from '../../ui/use-stable.js';
import type { SectionProps } from '../section.js';
import { useSounds } from '../sounds.js';
import { useStage } from '../stage.js';
import { loudestOf, tileName, tilesFor } from '../waveform/tiles.js';
import { useTiles } from '../waveform/use-tiles.js';
import { sampleKey } from './sample-keys.js';
import { sorted, startOf, type Order, type Scores } from './sample-order.js';
import { SampleItem } from './SampleItem.js';

/** Requests for the small pictures, at most. Of what they do not cover, the picture is coarse. */
const mostTiles = 24;

interface SampleListProps extends SectionProps {
  readonly order: Order;
  readonly scores: Scores;
  readonly preferred: number | null;
  readonly mayChange: boolean;
  readonly onPrefer: (index: number) => void;
  readonly onDelete: (index: number) => void;
}

/** The samples one below the other. The keys of sample-keys.ts work wherever the focus is in it. */
export function SampleList({ order, scores, preferred, mayChange, onPrefer, onDelete, ...section }: SampleListProps) {
  const { voice } = section;
  const { chosen, choose } = useStage();
  const player = usePlayerState();
  const sounds = useSounds(section);
  const { loaded, recording } = useSampleLevels(section);
  const grid = useRef<HTMLDivElement>(null);
  const samples = sorted(voice.samples, order, scores);
  const indexes = samples.map(({ index }) => index);
  const current = chosen !== undefined && indexes.includes(chosen) ? chosen : indexes[0];

  const sounding = sounds.sampleOf(player.sound)?.index;

  const toggle = (sample: Schema<'Sample'>): void => {
    choose(sample.index);
    const sound = sounds.soundOf(sample);
    if (sound) player.toggle(sound);
  };
  const hear = (index: number, from = 0): void => {
    choose(index);
    const sample = samples.find((one) => one.index === index);
    const sound = sample && sounds.soundOf(sample);
    if (sound) player.play(sound, { from });
    grid.current?.querySelector<HTMLElement>(`[data-sample="${index}"]`)?.focus();
  };
  const pressed = (event: KeyboardEvent): void => {
    const key = sampleKey(event, indexes, current);
    const isOnControl = event.target instanceof Element && event.target.closest('button, a') !== null;
    if (!key || (isOnControl && key.do !== 'hear')) return;
    event.preventDefault();
    const sample = samples.find(({ index }) => index === current);
    if (key.do === 'hear') hear(key.index);
    else if (key.do === 'toggle' && sample) toggle(sample);
    else if (key.do === 'prefer' && sample && mayChange) onPrefer(sample.index);
  };
  const handlers = useStable({
    onPlay: toggle,
    onHear: hear,
    onPrefer,
    onDelete,
    onFocus: (index: number) => index !== chosen && choose(index),
  });

  return (
    <div
      ref={grid}
      role="grid"
      aria-label={text('samples.title')}
      aria-describedby="sample-keys"
      className="sample-list"
      onKeyDown={pressed}
    >
      {samples.map((sample) => {
        const { index } = sample;
        const isSounding = index === sounding;
        return (
          <SampleItem
            key={index}
            sample={sample}
            voiceName={voice.name}
            score={scores.get(index)}
            isPreferred={index === preferred}
            isCurrent={index === current}
            isSounding={isSounding}
            isPlaying={isSounding && player.isPlaying}
            mayChange={mayChange}
            loaded={loaded}
            recording={recording}
            {...handlers}
          />
        );
      })}
    </div>
  );
}

/** Returns the levels of the recording, fine enough for the small pictures of its samples. */
function useSampleLevels(section: SectionProps) {
  const { samples, original_duration } = section.voice;
  const duration = original_duration ?? 0;
  const needed = useMemo(() => {
    const tiles = samples.flatMap((sample) => {
      const from = startOf(sample);
      return from === undefined ? [] : tilesFor({ from, to: from + sample.duration }, 48, duration);
    });
    return [...new Map(tiles.map((tile) => [tileName(tile), tile])).values()].slice(0, mostTiles);
  }, [samples, duration]);
  const { loaded, whole } = useTiles(section, needed);
  const recording = useMemo(() => whole && { duration: whole.duration, loudest: loudestOf(whole.points) }, [whole]);
  return { loaded, recording };
}
