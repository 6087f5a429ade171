import { useMemo } from 'react';
import { usePlayer } from '../../player/player.js';
import { barsOf, type LoadedTile } from '../waveform/tiles.js';

const count = 72;

interface MiniWaveProps {
  readonly from: number;
  readonly duration: number;
  readonly loaded: readonly LoadedTile[];
  readonly recording: { readonly duration: number; readonly loudest: number };
}

/** The levels of one sample, small. */
export function MiniWave({ from, duration, loaded, recording }: MiniWaveProps) {
  const shape = useMemo(() => {
    const bars = barsOf({ from, to: from + duration }, count, loaded, recording);
    return bars
      .map((height, index) => `M${index + 0.5} ${0.5 - height * 0.47 - 0.02}V${0.5 + height * 0.47 + 0.02}`)
      .join('');
  }, [from, duration, loaded, recording]);
  return (
    <svg className="mini-wave" viewBox={`0 0 ${count} 1`} preserveAspectRatio="none" aria-hidden="true">
      <path d={shape} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}

/** How far the sample that plays has come. It is apart, because it is drawn as time passes. */
export function MiniPlayhead({ duration }: { duration: number }) {
  const { time } = usePlayer();
  return (
    <div className="mini-heard" style={{ width: `${Math.min(100, (time / duration) * 100)}%` }} aria-hidden="true" />
  );
}
