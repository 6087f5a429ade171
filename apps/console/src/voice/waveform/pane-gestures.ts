import { useEffect, useEffectEvent, useRef, useState, type PointerEvent, type RefObject } from 'react';

/** A press that moves less than this is no drag. In CSS pixels. */
const stillPixels = 4;

interface Gestures {
  /** @param part of the width, from 0 to 1 */
  readonly onPress: (part: number, target: { readonly y: number }) => void;
  /** Moves the view. @param part of the width; positive shows what is further right */
  readonly onPan: (part: number) => void;
  /** @param around part of the width that stays where it is */
  readonly onZoom: (factor: number, around: number) => void;
}

interface Hover {
  /** Part of the width that the pointer is over; undefined while it is elsewhere. */
  readonly hover: number | undefined;
  readonly handlers: {
    readonly onPointerDown: (event: PointerEvent) => void;
    readonly onPointerMove: (event: PointerEvent) => void;
    readonly onPointerUp: (event: PointerEvent) => void;
    readonly onPointerLeave: () => void;
    readonly onPointerCancel: () => void;
  };
}

/** Turns presses, drags and the wheel over an element into what they mean for a view. */
export function usePaneGestures(pane: RefObject<HTMLElement | null>, { onPress, onPan, onZoom }: Gestures): Hover {
  const [hover, setHover] = useState<number>();
  const drag = useRef<{ readonly id: number; readonly startX: number; lastX: number; isDrag: boolean }>(undefined);

  const wheeled = useEffectEvent((event: WheelEvent): void => {
    const { left, width } = event.currentTarget instanceof Element ? boxOf(event.currentTarget) : boxOf(null);
    const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      onZoom(Math.exp(-Math.max(-100, Math.min(100, event.deltaY)) * 0.006), (event.clientX - left) / width);
    } else if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
      event.preventDefault();
      onPan(sideways / width);
    }
  });
  useEffect(() => {
    const element = pane.current;
    const listener = (event: WheelEvent): void => wheeled(event);
    element?.addEventListener('wheel', listener, { passive: false });
    return () => element?.removeEventListener('wheel', listener);
  }, [pane]);

  return {
    hover,
    handlers: {
      onPointerDown: (event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        drag.current = { id: event.pointerId, startX: event.clientX, lastX: event.clientX, isDrag: false };
      },
      onPointerMove: (event) => {
        const { left, width } = boxOf(event.currentTarget);
        if (event.pointerType !== 'touch') setHover((event.clientX - left) / width);
        const started = drag.current;
        if (!started || started.id !== event.pointerId) return;
        started.isDrag ||= Math.abs(event.clientX - started.startX) > stillPixels;
        if (!started.isDrag) return;
        onPan((started.lastX - event.clientX) / width);
        started.lastX = event.clientX;
      },
      onPointerUp: (event) => {
        const started = drag.current;
        drag.current = undefined;
        if (!started || started.id !== event.pointerId || started.isDrag) return;
        const { left, top, width } = boxOf(event.currentTarget);
        onPress((event.clientX - left) / width, { y: event.clientY - top });
      },
      onPointerLeave: () => setHover(undefined),
      onPointerCancel: () => (drag.current = undefined),
    },
  };
}

const boxOf = (element: Element | null): DOMRect => element?.getBoundingClientRect() ?? new DOMRect(0, 0, 1, 1);
