import { useMemo, useRef, type KeyboardEvent, type PointerEvent } from 'react';
import { clock } from '../../texts/format.js';
import { text } from '../../texts/text.js';
import type { Cut } from './cut.js';
import { Cuts } from './Cuts.js';
import { barsOf, loudestOf, wholeTile } from './tiles.js';
import type { ShownView } from './use-view.js';
import { useWidth } from './use-width.js';
import { partOf, spanOf, wholeView } from './view.js';
import { barStep, Wave } from './Wave.js';

const height = 32;

interface StripProps {
  readonly shown: ShownView;
  readonly duration: number;
  readonly points: Parameters<typeof loudestOf>[0];
  readonly cuts: readonly Cut[];
}

/** The whole recording, small, with a window on what is shown large: a scroll bar with a picture. */
export function Strip({ shown: { view, pan, setView, isWhole }, duration, points, cuts }: StripProps) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const whole = useMemo(() => wholeView(duration), [duration]);
  const bars = useMemo(() => {
    const loaded = [{ tile: wholeTile, points }];
    return barsOf(whole, Math.max(1, Math.floor(width / barStep)), loaded, { duration, loudest: loudestOf(points) });
  }, [whole, width, points, duration]);
  const centre = (event: PointerEvent): void => {
    const { left, width: size } = event.currentTarget.getBoundingClientRect();
    const place = ((event.clientX - left) / size) * duration;
    setView((before) => ({ from: place - spanOf(before) / 2, to: place + spanOf(before) / 2 }));
    pan(0);
  };
  const pressed = (event: KeyboardEvent): void => {
    const steps = { ArrowLeft: -0.1, ArrowRight: 0.1, PageUp: -1, PageDown: 1, Home: -1e9, End: 1e9 } as const;
    if (!(event.key in steps)) return;
    event.preventDefault();
    pan(steps[event.key as keyof typeof steps] * spanOf(view));
  };
  return (
    <div
      ref={box}
      className="strip"
      role="scrollbar"
      tabIndex={0}
      aria-label={text('recording.scroll')}
      aria-controls="recording-pane"
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={Math.round(duration)}
      aria-valuenow={Math.round(view.from)}
      aria-valuetext={text('recording.shown', { from: clock(view.from), to: clock(view.to) })}
      data-whole={isWhole || undefined}
      onKeyDown={pressed}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        centre(event);
      }}
      onPointerMove={(event) => event.buttons === 1 && centre(event)}
    >
      <Wave bars={bars} height={height} />
      <Cuts cuts={cuts} view={whole} width={0} />
      <div
        className="strip-window"
        style={{ left: `${partOf(whole, view.from) * 100}%`, width: `${(spanOf(view) / duration) * 100}%` }}
      />
    </div>
  );
}
