import { useEffect, useState } from 'react';
import { moved, showing, wholeView, zoomed, type View } from './view.js';

export interface ShownView {
  readonly view: View;
  readonly isWhole: boolean;
  readonly setView: (change: (view: View) => View) => void;
  readonly zoom: (factor: number, around: number) => void;
  readonly pan: (seconds: number) => void;
  /** Shows a stretch, large enough to be seen. @param width of the picture in CSS pixels */
  readonly show: (from: number, to: number, width: number) => void;
  readonly showWhole: () => void;
}

/** Keeps which part of a recording is shown. */
export function useView(duration: number): ShownView {
  const [view, setView] = useState(() => wholeView(duration));
  return {
    view,
    isWhole: view.from <= 0 && view.to >= duration,
    setView,
    zoom: (factor, place) => setView((before) => zoomed(before, factor, place, duration)),
    pan: (seconds) => setView((before) => moved(before, seconds, duration)),
    show: (from, to, width) => setView((before) => showing(before, from, to, { duration, width })),
    showWhole: () => setView(wholeView(duration)),
  };
}

/** Returns a value once it has stayed the same for a while, so that nothing is asked for during a movement. */
export function useSettled<Value>(value: Value, milliseconds: number): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return settled;
}
