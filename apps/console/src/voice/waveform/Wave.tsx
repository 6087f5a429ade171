import { useEffect, useEffectEvent, useRef, useState } from 'react';
import type WaveSurfer from 'wavesurfer.js';
import { useColours } from './use-colours.js';

/** Width of a bar and of the gap beside it, in CSS pixels. */
export const barStep = 3;

interface WaveProps {
  /** Heights of the bars from 0 to 1, from left to right. */
  readonly bars: readonly number[];
  readonly height: number;
  /** Is given what moves the coloured part: from the left end to a part of the width, 0 to 1. */
  readonly onDrawn?: (heardUpTo: (part: number) => void) => void;
}

/** The picture of levels. Wavesurfer draws it; nothing is decoded, and it plays nothing. */
export function Wave({ bars, height, onDrawn }: WaveProps) {
  const box = useRef<HTMLDivElement>(null);
  const [surfer, setSurfer] = useState<WaveSurfer>();
  const colours = useColours();
  useEffect(() => {
    let made: WaveSurfer | undefined;
    let isGone = false;
    void import('wavesurfer.js').then(({ default: Surfer }) => {
      if (isGone || !box.current) return;
      const cspNonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
      made = Surfer.create({
        container: box.current,
        height,
        barWidth: barStep - 1,
        barGap: 1,
        barRadius: 1,
        barMinHeight: 1,
        cursorWidth: 0,
        interact: false,
        hideScrollbar: true,
        cspNonce,
      });
      setSurfer(made);
    });
    return () => {
      isGone = true;
      made?.destroy();
    };
  }, [height]);
  useEffect(() => {
    if (!surfer || !box.current) return;
    const { color, outlineColor } = getComputedStyle(box.current);
    surfer.setOptions({ waveColor: color, progressColor: outlineColor });
  }, [surfer, colours]);
  const drawn = useEffectEvent((by: WaveSurfer) => onDrawn?.((part) => by.setTime(part)));
  useEffect(() => {
    // A load is given up when the next one comes: only that one counts.
    surfer?.load('', [[...bars]], 1).then(
      () => drawn(surfer),
      () => undefined,
    );
  }, [surfer, bars]);
  return <div ref={box} className="wave" style={{ height }} />;
}
