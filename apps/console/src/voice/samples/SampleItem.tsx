import { memo, type MouseEvent } from 'react';
import type { Schema } from '#libs/client';
import type { LoadedTile } from '../waveform/tiles.js';
import { MiniPlayhead, MiniWave } from './MiniWave.js';
import { startOf } from './sample-order.js';
import { SampleRow } from './SampleRow.js';

type Sample = Schema<'Sample'>;

interface SampleItemProps {
  readonly sample: Sample;
  readonly voiceName: string;
  readonly score: number | undefined;
  readonly isPreferred: boolean;
  readonly isCurrent: boolean;
  /** Whether it was played last. */
  readonly isSounding: boolean;
  readonly isPlaying: boolean;
  readonly mayChange: boolean;
  readonly loaded: readonly LoadedTile[];
  readonly recording: { readonly duration: number; readonly loudest: number } | undefined;
  readonly onPlay: (sample: Sample) => void;
  /** @param from seconds from its start */
  readonly onHear: (index: number, from: number) => void;
  readonly onPrefer: (index: number) => void;
  readonly onDelete: (index: number) => void;
  readonly onFocus: (index: number) => void;
}

/** A sample in the list with the picture of its levels. It is drawn again only if something in it changes: there may be 500. */
export const SampleItem = memo(function SampleItem({ sample, voiceName, loaded, recording, ...item }: SampleItemProps) {
  const { index, duration } = sample;
  const { score, isPreferred, isCurrent, isSounding, isPlaying, mayChange } = item;
  const start = startOf(sample);
  const pressedAt = (event: MouseEvent): void => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    item.onHear(index, ((event.clientX - left) / width) * duration);
  };
  return (
    <SampleRow
      {...{ sample, score, isPreferred, isCurrent, isPlaying, mayChange }}
      fileName={`${voiceName}-${index}.opus`}
      onPlay={() => item.onPlay(sample)}
      onPrefer={() => item.onPrefer(index)}
      onDelete={() => item.onDelete(index)}
      onFocus={() => item.onFocus(index)}
    >
      <div className="mini" onClick={pressedAt}>
        {start !== undefined && recording && (
          <MiniWave from={start} duration={duration} loaded={loaded} recording={recording} />
        )}
        {isSounding && <MiniPlayhead duration={duration} />}
      </div>
    </SampleRow>
  );
});
