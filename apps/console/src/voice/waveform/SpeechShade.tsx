import { useMemo } from 'react';
import type { Schema } from '#libs/client';
import { spanOf, type View } from './view.js';

/** Shades where somebody speaks. Zooming moves the picture and does not draw it again. */
export function SpeechShade({ speech, view }: { speech: Schema<'Waveform'>['speech']; view: View }) {
  const shape = useMemo(() => speech.map(([from = 0, to = 0]) => `M${from} 0H${to}V1H${from}Z`).join(''), [speech]);
  return (
    <svg className="speech" viewBox={`${view.from} 0 ${spanOf(view)} 1`} preserveAspectRatio="none" aria-hidden="true">
      <path d={shape} />
    </svg>
  );
}
