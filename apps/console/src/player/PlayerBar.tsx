import { clock } from '../texts/format.js';
import { text } from '../texts/text.js';
import { IconButton } from '../ui/Button.js';
import { usePlayer } from './use-player.js';
import './player-bar.css';

/** Shows what is heard, at the bottom of the page. Nothing is shown before the first sound. */
export function PlayerBar() {
  const { sound, isPlaying, isWaiting, hasFailed, duration, time, toggle, seek, stop } = usePlayer();
  if (!sound) return null;
  const length = duration || Math.max(time, 1);
  return (
    <section className="player-bar" aria-label={text('player.label')}>
      <IconButton
        icon={isPlaying ? 'pause' : 'play'}
        label={text(isPlaying ? 'player.pause' : 'player.play')}
        kind="primary"
        filled
        onPress={() => toggle()}
      />
      <div className="player-name ellipsis" title={sound.name}>
        {sound.name}
      </div>
      {hasFailed ? (
        <div className="player-failed" role="alert">
          {text('player.failed')}
        </div>
      ) : (
        <div className="player-place">
          <span className="player-clock">{clock(time)}</span>
          <input
            type="range"
            className="player-seek"
            min={0}
            max={length}
            step={0.1}
            value={time}
            aria-label={text('player.seek')}
            aria-valuetext={text('player.place', { time: clock(time), duration: clock(length) })}
            aria-busy={isWaiting}
            onChange={(event) => seek(event.target.valueAsNumber)}
          />
          <span className="player-clock">{clock(length)}</span>
        </div>
      )}
      <IconButton icon="x" label={text('player.stop')} onPress={stop} />
    </section>
  );
}
