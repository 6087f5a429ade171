/** The part of a recording that is shown, in seconds. */
export interface View {
  readonly from: number;
  readonly to: number;
}

/** Levels are measured every 20 ms. There is nothing more to see in less than this. */
const smallestSpan = 2;

export const spanOf = ({ from, to }: View): number => to - from;

/** Returns a view of a length as near as possible to a start, inside the recording. */
function within(from: number, span: number, duration: number): View {
  const length = Math.min(duration, Math.max(Math.min(smallestSpan, duration), span));
  const start = Math.min(Math.max(0, from), duration - length);
  return { from: start, to: start + length };
}

export const wholeView = (duration: number): View => ({ from: 0, to: duration });

/**
 * Zooms so that a place stays where it is.
 *
 * @param factor above 1 shows less, below 1 shows more
 */
export function zoomed(view: View, factor: number, around: number, duration: number): View {
  const place = Math.min(Math.max(around, view.from), view.to);
  return within(place - (place - view.from) / factor, spanOf(view) / factor, duration);
}

/** Moves a view, at most to an end of the recording. */
export const moved = (view: View, seconds: number, duration: number): View =>
  within(view.from + seconds, spanOf(view), duration);

/** A stretch that is narrower than this, in CSS pixels, can hardly be seen. */
const smallestStretch = 24;

/**
 * Returns a view that shows a stretch: the same if it does, one that has it in its middle if it is elsewhere, and a close one
 * if it is too small to be seen.
 *
 * @param width of the picture in CSS pixels; 0 while it is not known
 */
export function showing(
  view: View,
  from: number,
  to: number,
  { duration, width }: { readonly duration: number; readonly width: number },
): View {
  const length = to - from;
  if ((length / spanOf(view)) * width < smallestStretch && length > 0)
    return within(from - length, length * 3, duration);
  if (from >= view.from && to <= view.to) return view;
  const span = Math.max(spanOf(view), length * 1.2);
  return within((from + to) / 2 - span / 2, span, duration);
}

/**
 * Turns the page when what plays leaves the view at its end. A view that somebody has moved away from what plays stays.
 *
 * @param before the place that was heard a moment ago
 */
export function following(view: View, before: number, now: number, duration: number): View {
  const isLeaving = before <= view.to && before >= view.from && now > view.to && now - before < 1;
  return isLeaving ? within(now - spanOf(view) * 0.05, spanOf(view), duration) : view;
}

/** Returns a place as a part of the view: 0 is its left end, 1 its right one. */
export const partOf = (view: View, seconds: number): number => (seconds - view.from) / spanOf(view);

/** Returns the place of a part of the view. */
export const placeOf = (view: View, part: number): number => view.from + Math.min(1, Math.max(0, part)) * spanOf(view);

/** Returns how far one press of an arrow key moves: a hundredth of what is shown. */
export const stepOf = (view: View): number => Math.max(0.1, spanOf(view) / 100);

const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200];

/** Returns the places of a view that the ruler names: round ones, at most about `most`. */
export function marksOf(view: View, most: number): readonly number[] {
  const step = steps.find((length) => spanOf(view) / length <= most) ?? 14_400;
  const first = Math.ceil(view.from / step - 1e-9);
  const count = Math.floor(view.to / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, index) => Number(((first + index) * step).toFixed(3)));
}
