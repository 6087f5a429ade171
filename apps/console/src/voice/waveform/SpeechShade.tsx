import { useMemo } from 'react';
import type { Schema } from '#libs/client';
import { speechIn, speechPath } from './speech-shape.js';
import { spanOf, type View } from './view.js';

interface SpeechShadeProps {
  readonly speech: Schema<'Waveform'>['speech'];
  readonly view: View;
  /** In CSS pixels. */
  readonly width: number;
}

/** Shades where somebody speaks. What is left blank is silence. */
export function SpeechShade({ speech, view, width }: SpeechShadeProps) {
  const path = useMemo(
    () => speechPath(speechIn(speech, view, spanOf(view) / Math.max(1, width)), view),
    [speech, view, width],
  );
  return (
    <svg className="speech" viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}
