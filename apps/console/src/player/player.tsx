import { createContext, use, useCallback, useState, useSyncExternalStore, type ReactNode } from 'react';
import { PlayerBar } from './PlayerBar.js';
import { PlayerEngine } from './player-engine.js';
import type { PlayerState } from './sound.js';

export type { PlayerState, Sound } from './sound.js';

type Controls = Pick<PlayerEngine, 'play' | 'cue' | 'toggle' | 'pause' | 'seek' | 'stop' | 'now' | 'subscribeToTime'>;

const PlayerContext = createContext<PlayerEngine | undefined>(undefined);

function useEngine(): PlayerEngine {
  const engine = use(PlayerContext);
  if (!engine) throw new Error('There is no player here');
  return engine;
}

/** Gives the page its player: only one thing sounds at a time. A bar at the bottom shows what it is. */
export function PlayerProvider({ children }: { children: ReactNode }) {
  const [engine] = useState(() => new PlayerEngine());
  const attach = useCallback(
    (element: HTMLAudioElement | null) => (element ? engine.attach(element) : undefined),
    [engine],
  );
  return (
    <PlayerContext value={engine}>
      {children}
      <audio ref={attach} data-testid="player" preload="auto" crossOrigin="anonymous" />
      <PlayerBar />
    </PlayerContext>
  );
}

/** Returns the player's controls and what it does. A component that uses it is not drawn again as time passes. */
export function usePlayerState(): PlayerState & Controls {
  const engine = useEngine();
  const state = useSyncExternalStore(engine.subscribe, engine.current);
  const { play, cue, toggle, pause, seek, stop, now, subscribeToTime } = engine;
  return { ...state, play, cue, toggle, pause, seek, stop, now, subscribeToTime };
}

/** Returns the player with the place that is heard, about four times a second. */
export function usePlayer(): PlayerState & Controls & { readonly time: number } {
  const engine = useEngine();
  const time = useSyncExternalStore(engine.subscribeToTime, engine.now);
  return { ...usePlayerState(), time };
}
