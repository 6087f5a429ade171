import { useEffect, useState } from 'react';
import { around, moved, showing, wholeView, zoomed, type View } from './view.js';

export interface ShownView {
  readonly view: View;
  readonly isWhole: boolean;
  readonly setView: (change: (view: View) => View) => void;
  readonly zoom: (factor: number, around: number) => void;
  readonly pan: (seconds: number) => void;
  readonly show: (from: number, to: number) => void;
  readonly closeUp: (from: number, to: number) => void;
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
    show: (from, to) => setView((before) => showing(before, from, to, duration)),
    closeUp: (from, to) => setView(around(from, to, duration)),
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
