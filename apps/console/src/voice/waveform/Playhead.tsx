import { useEffect, useEffectEvent, useRef, type RefObject } from 'react';
import type { ShownView } from './use-view.js';
import { following, partOf } from './view.js';

interface PlayheadProps {
  readonly shown: ShownView;
  readonly duration: number;
  readonly place: number;
  readonly placeNow: () => number | undefined;
  readonly isPlaying: boolean;
  /** Colours the waveform up to a part of its width. */
  readonly heardUpTo: RefObject<((part: number) => void) | undefined>;
  /** The picture that is drawn: a new one has to be coloured again. */
  readonly bars: readonly number[];
}

/** The line at the place that is heard. It moves with every frame, outside of React. */
export function Playhead({ shown, duration, place, placeNow, isPlaying, heardUpTo, bars }: PlayheadProps) {
  const line = useRef<HTMLDivElement>(null);
  const before = useRef(place);
  const { view, setView } = shown;

  const moveTo = useEffectEvent((now: number): void => {
    const part = partOf(view, now);
    if (line.current) {
      line.current.style.left = `${part * 100}%`;
      line.current.hidden = part < 0 || part > 1;
    }
    heardUpTo.current?.(Math.min(1, Math.max(0, part)));
    const next = following(view, before.current, now, duration);
    if (isPlaying && next !== view) setView(() => next);
    before.current = now;
  });
  useEffect(() => moveTo(place), [place, view, bars]);

  const tick = useEffectEvent(() => moveTo(placeNow() ?? place));
  useEffect(() => {
    if (!isPlaying) return;
    let frame = requestAnimationFrame(function draw() {
      tick();
      frame = requestAnimationFrame(draw);
    });
    return () => cancelAnimationFrame(frame);
  }, [isPlaying]);
  return <div ref={line} className="playhead" aria-hidden="true" />;
}
