import { placeClock } from './place-clock.js';
import { marksOf, partOf, spanOf, type View } from './view.js';

/** Names places above the waveform. */
export function Ruler({ view, width }: { view: View; width: number }) {
  return (
    <div className="ruler" aria-hidden="true">
      {marksOf(view, Math.max(2, width / 90)).map((place) => (
        <span key={place} className="ruler-mark" style={{ left: `${partOf(view, place) * 100}%` }}>
          {placeClock(place, spanOf(view) * 6)}
        </span>
      ))}
    </div>
  );
}
