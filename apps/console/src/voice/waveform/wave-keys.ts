import { stepOf, type View } from './view.js';

/** What a key does on the waveform. */
export type WaveKey =
  | { readonly do: 'seek'; readonly to: number }
  | { readonly do: 'zoom'; readonly factor: number }
  | { readonly do: 'whole' }
  | { readonly do: 'toggle' };

interface Pressed {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

/**
 * Decides what a key does on the waveform, which is a slider: arrows move by a hundredth of what is shown, page keys by a
 * tenth, Home and End to the ends; + and - zoom, 0 shows everything, space plays and pauses.
 */
export function waveKey(
  { key, ctrlKey, altKey, metaKey }: Pressed,
  { place, view, duration }: { readonly place: number; readonly view: View; readonly duration: number },
): WaveKey | undefined {
  if (ctrlKey || altKey || metaKey) return undefined;
  const seek = (to: number): WaveKey => ({ do: 'seek', to: Math.min(duration, Math.max(0, to)) });
  const step = stepOf(view);
  switch (key) {
    case ' ':
    case 'Enter':
      return { do: 'toggle' };
    case '+':
    case '=':
      return { do: 'zoom', factor: 2 };
    case '-':
    case '_':
      return { do: 'zoom', factor: 0.5 };
    case '0':
      return { do: 'whole' };
    case 'ArrowRight':
    case 'ArrowUp':
      return seek(place + step);
    case 'ArrowLeft':
    case 'ArrowDown':
      return seek(place - step);
    case 'PageUp':
      return seek(place + step * 10);
    case 'PageDown':
      return seek(place - step * 10);
    case 'Home':
      return seek(0);
    case 'End':
      return seek(duration);
    default:
      return undefined;
  }
}
