import { useMemo, useRef, type KeyboardEvent } from 'react';
import type { Schema } from '#libs/client';
import { text } from '../../texts/text.js';
import { cutAt, type Cut } from './cut.js';
import { CutEdges, Cuts } from './Cuts.js';
import { Playhead } from './Playhead.js';
import { placeClock } from './place-clock.js';
import { usePaneGestures } from './pane-gestures.js';
import { Ruler } from './Ruler.js';
import { SpeechShade } from './SpeechShade.js';
import { barsOf, loudestOf, type LoadedTile } from './tiles.js';
import type { ShownView } from './use-view.js';
import { placeOf, spanOf } from './view.js';
import { barStep, Wave } from './Wave.js';
import { waveKey } from './wave-keys.js';

/** Where the lanes of cuts end, above the waveform. In CSS pixels, as in waveform.css. */
const rulerHeight = 20;
const laneHeight = 28;

interface WavePaneProps {
  readonly shown: ShownView;
  readonly whole: Schema<'Waveform'>;
  readonly loaded: readonly LoadedTile[];
  readonly width: number;
  readonly cuts: readonly Cut[];
  readonly planned: readonly Cut[] | undefined;
  readonly chosen: number | undefined;
  /** The place that is heard, or would be. */
  readonly place: number;
  readonly placeNow: () => number | undefined;
  readonly isPlaying: boolean;
  readonly onHear: (place: number) => void;
  readonly onSeek: (place: number) => void;
  readonly onHearSample: (index: number) => void;
  readonly onToggle: () => void;
}

/** The recording, large: speech, levels, the cuts and what is heard. A slider for the keyboard, a picture for the pointer. */
export function WavePane(props: WavePaneProps) {
  const { shown, whole, loaded, width, cuts, planned, chosen, place, placeNow, isPlaying } = props;
  const { view } = shown;
  const { duration } = whole;
  const pane = useRef<HTMLDivElement>(null);
  const heardUpTo = useRef<(part: number) => void>(undefined);
  const loudest = useMemo(() => loudestOf(whole.points), [whole]);
  const bars = useMemo(
    () => barsOf(view, Math.max(1, Math.floor(width / barStep)), loaded, { duration, loudest }),
    [view, width, loaded, duration, loudest],
  );
  const lanes = rulerHeight + (planned ? laneHeight : 0);

  const { hover, handlers } = usePaneGestures(pane, {
    onPress: (part, { y }) => {
      const at = placeOf(view, part);
      const cut = y > lanes && y < lanes + laneHeight ? cutAt(cuts, at) : undefined;
      if (cut) props.onHearSample(cut.number);
      else props.onHear(at);
    },
    onPan: (part) => shown.pan(part * spanOf(view)),
    onZoom: (factor, part) => shown.zoom(factor, placeOf(view, part)),
  });

  const pressed = (event: KeyboardEvent): void => {
    const key = waveKey(event, { place, view, duration });
    if (!key) return;
    event.preventDefault();
    if (key.do === 'toggle') props.onToggle();
    else if (key.do === 'zoom') shown.zoom(key.factor, place);
    else if (key.do === 'whole') shown.showWhole();
    else {
      props.onSeek(key.to);
      shown.show(key.to, key.to, 0);
    }
  };

  const sample = cutAt(cuts, place)?.number;
  const words = { time: placeClock(place, spanOf(view)), duration: placeClock(duration, spanOf(view)) };
  return (
    <div
      ref={pane}
      id="recording-pane"
      className="pane"
      role="slider"
      tabIndex={0}
      aria-label={text('recording.place')}
      aria-describedby="recording-keys"
      aria-valuemin={0}
      aria-valuemax={Math.round(duration)}
      aria-valuenow={Math.round(place)}
      aria-valuetext={
        sample === undefined ? text('player.place', words) : text('recording.placeInSample', { ...words, sample })
      }
      data-zoomed={!shown.isWhole || undefined}
      onKeyDown={pressed}
      {...handlers}
    >
      <Ruler view={view} width={width} />
      {planned && <Cuts cuts={planned} view={view} width={width} isPlanned />}
      <Cuts cuts={cuts} view={view} width={width} chosen={chosen} />
      <div className="pane-wave">
        <SpeechShade speech={whole.speech} view={view} width={width} />
        <CutEdges cuts={planned ?? cuts} view={view} width={width} chosen={planned ? undefined : chosen} />
        <Wave bars={bars} height={132} onDrawn={(move) => (heardUpTo.current = move)} />
      </div>
      {hover !== undefined && (
        <div className="hover" style={{ left: `${Math.min(1, Math.max(0, hover)) * 100}%` }}>
          <span className="hover-time" data-left={hover > 0.9 || undefined}>
            {placeClock(placeOf(view, hover), spanOf(view))}
          </span>
        </div>
      )}
      <Playhead
        shown={shown}
        duration={duration}
        place={place}
        placeNow={placeNow}
        isPlaying={isPlaying}
        heardUpTo={heardUpTo}
        bars={bars}
      />
    </div>
  );
}
