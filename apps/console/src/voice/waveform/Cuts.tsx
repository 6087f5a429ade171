import { Icon } from '../../ui/Icon.js';
import type { Cut } from './cut.js';
import { partOf, spanOf, type View } from './view.js';

interface CutsProps {
  readonly cuts: readonly Cut[];
  readonly view: View;
  /** In CSS pixels: a number is shown where there is room for it. */
  readonly width: number;
  readonly chosen?: number | undefined;
  readonly isPlanned?: boolean;
}

/** A stretch that is narrower has no room for borders and patterns. */
const narrowPixels = 8;

/** One lane of stretches, each with its number and its grade as a colour and a pattern. The list says the same in words. */
export function Cuts({ cuts, view, width, chosen, isPlanned = false }: CutsProps) {
  const shown = cuts.filter(({ from, to }) => to > view.from && from < view.to);
  return (
    <div className={isPlanned ? 'cuts cuts-planned' : 'cuts'} aria-hidden="true">
      {shown.map(({ number, from, to, grade = 'none', isPreferred }) => {
        const room = ((to - from) / spanOf(view)) * width;
        const left = Math.max(0, partOf(view, from));
        const right = Math.min(1, partOf(view, to));
        return (
          <div
            key={number}
            className={`cut cut-${grade}`}
            data-chosen={number === chosen || undefined}
            data-narrow={room < narrowPixels || undefined}
            style={{ left: `${left * 100}%`, width: `max(2px, ${(right - left) * 100}% - 1px)` }}
          >
            {room > 18 && <span>{number}</span>}
            {isPreferred && room > 34 && <Icon name="star" size={12} filled />}
          </div>
        );
      })}
    </div>
  );
}

/** Marks the stretches on the waveform itself, so that one sees what they begin and end in. */
export function CutEdges({ cuts, view, width, chosen }: Omit<CutsProps, 'isPlanned'>) {
  const isSeen = ({ from, to }: Cut): boolean => ((to - from) / spanOf(view)) * width >= narrowPixels;
  const shown = cuts.filter((cut) => cut.to > view.from && cut.from < view.to && isSeen(cut));
  return (
    <div className="edges" aria-hidden="true">
      {shown.map(({ number, from, to }) => (
        <div
          key={number}
          className="edge"
          data-chosen={number === chosen || undefined}
          style={{ left: `${partOf(view, from) * 100}%`, width: `${((to - from) / spanOf(view)) * 100}%` }}
        />
      ))}
    </div>
  );
}
