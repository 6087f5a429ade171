import { useEffect, useEffectEvent, useMemo, useRef } from 'react';
import { usePlayer } from '../../player/player.js';
import { clock } from '../../texts/format.js';
import { text } from '../../texts/text.js';
import { IconButton } from '../../ui/Button.js';
import { FailureNote } from '../../ui/notes.js';
import { ProgressBar } from '../../ui/progress.js';
import type { SectionProps } from '../section.js';
import { useSounds } from '../sounds.js';
import { useStage } from '../stage.js';
import { cutsOf, plannedCuts } from './cut.js';
import { Legend } from './Legend.js';
import { Strip } from './Strip.js';
import { tilesFor } from './tiles.js';
import { useTiles } from './use-tiles.js';
import { useSettled, useView } from './use-view.js';
import { useWidth } from './use-width.js';
import { barStep } from './Wave.js';
import { WavePane } from './WavePane.js';
import { placeClock } from './place-clock.js';
import { spanOf } from './view.js';

/** The waveform of a recording with its controls. */
export function Waveform(section: SectionProps) {
  const { voice } = section;
  const duration = voice.original_duration ?? 0;
  const player = usePlayer();
  const sounds = useSounds(section);
  const { chosen, choose, planned } = useStage();
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const shown = useView(duration);
  const settled = useSettled(shown.view, 120);
  const needed = useMemo(
    () => tilesFor(settled, Math.max(1, Math.floor(width / barStep)), duration),
    [settled, width, duration],
  );
  const { loaded, whole, failure, retry } = useTiles(section, needed);
  const cuts = useMemo(() => cutsOf(voice), [voice]);
  const plannedOnes = useMemo(() => planned && plannedCuts(planned), [planned]);

  const place = Math.min(duration, sounds.placeOf(player.sound, player.time) ?? 0);
  const isHere = sounds.placeOf(player.sound, 0) !== undefined;
  const isPlaying = player.isPlaying && isHere;

  const soundId = player.sound?.id;
  const showHeard = useEffectEvent(() => {
    const heard = sounds.sampleOf(player.sound);
    const cut = cuts.find(({ number }) => number === heard?.index);
    if (cut) shown.show(cut.from, cut.to, width);
  });
  useEffect(() => showHeard(), [soundId]);

  const hear = (from: number): void => {
    if (sounds.recording) player.play(sounds.recording, { from });
  };
  const seek = (to: number): void => {
    if (!sounds.recording) return;
    if (player.sound?.id === sounds.recording.id) player.seek(to);
    else if (player.isPlaying) hear(to);
    else player.cue(sounds.recording, to);
  };
  const hearSample = (index: number): void => {
    choose(index);
    const sample = voice.samples.find((one) => one.index === index);
    const sound = sample && sounds.soundOf(sample);
    if (sound) player.play(sound);
  };
  const toggle = (): void => player.toggle(isHere ? undefined : sounds.recording);
  const zoom = (factor: number): void => {
    const isPlaceShown = place >= shown.view.from && place <= shown.view.to;
    shown.zoom(factor, isPlaceShown ? place : (shown.view.from + shown.view.to) / 2);
  };

  return (
    <>
      <div className="row spread recording-head">
        <h2 id="recording-title">{text('recording.title')}</h2>
        <div className="row">
          <span className="muted recording-clock">
            {text('player.place', { time: placeClock(place, spanOf(shown.view)), duration: clock(duration) })}
          </span>
          <IconButton
            icon={isPlaying ? 'pause' : 'play'}
            label={text(isPlaying ? 'recording.pause' : 'recording.play')}
            kind="plain"
            filled
            isDisabled={!sounds.recording}
            onPress={toggle}
          />
          <IconButton
            icon="zoomOut"
            label={text('recording.zoomOut')}
            isDisabled={shown.isWhole}
            onPress={() => zoom(0.5)}
          />
          <IconButton icon="zoomIn" label={text('recording.zoomIn')} onPress={() => zoom(2)} />
          <IconButton
            icon="moveHorizontal"
            label={text('recording.whole')}
            isDisabled={shown.isWhole}
            onPress={shown.showWhole}
          />
        </div>
      </div>
      <div ref={box} className="recording-box">
        {whole ? (
          <>
            <WavePane
              shown={shown}
              whole={whole}
              loaded={loaded}
              width={width}
              cuts={cuts}
              planned={plannedOnes}
              chosen={chosen}
              place={place}
              placeNow={() => sounds.placeOf(player.sound, player.now())}
              isPlaying={isPlaying}
              onHear={hear}
              onSeek={seek}
              onHearSample={hearSample}
              onToggle={toggle}
            />
            <Strip shown={shown} duration={duration} points={whole.points} cuts={cuts} />
          </>
        ) : (
          failure === undefined && <ProgressBar label={text('recording.measuring')} value={undefined} />
        )}
        <FailureNote failure={failure} onRetry={retry} />
      </div>
      <Legend isPlanning={planned !== undefined} />
    </>
  );
}
