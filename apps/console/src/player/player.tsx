import { useCallback, useState, type ReactNode } from 'react';
import { PlayerBar } from './PlayerBar.js';
import { PlayerEngine } from './player-engine.js';
import { PlayerContext } from './use-player.js';

export type { PlayerState, Sound } from './sound.js';
export { useIsPlaying, usePlayer, usePlayerState } from './use-player.js';

/** Gives the page its player: only one thing sounds at a time. A bar at the bottom shows what it is. */
export function PlayerProvider({ children }: { children: ReactNode }) {
  const [engine] = useState(() => new PlayerEngine());
  const attach = useCallback(
    (element: HTMLAudioElement | null) => (element ? engine.attach(element) : undefined),
    [engine],
  );
  // A bucket that the API redirects to would otherwise be silent, because the sound goes through Web Audio.
  return (
    <PlayerContext value={engine}>
      {children}
      <audio ref={attach} data-testid="player" preload="auto" crossOrigin="anonymous" />
      <PlayerBar />
    </PlayerContext>
  );
}
