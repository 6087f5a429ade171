import { createContext, use, useSyncExternalStore } from 'react';
import type { PlayerEngine } from './player-engine.js';
import type { PlayerState } from './sound.js';

type Controls = Pick<PlayerEngine, 'play' | 'cue' | 'toggle' | 'pause' | 'seek' | 'stop' | 'now' | 'subscribeToTime'>;

export const PlayerContext = createContext<PlayerEngine | undefined>(undefined);

function useEngine(): PlayerEngine {
  const engine = use(PlayerContext);
  if (!engine) throw new Error('There is no player here');
  return engine;
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

/** Returns whether a sound is heard. A component that uses it is drawn again only if that changes. */
export function useIsPlaying(soundId: string): boolean {
  const engine = useEngine();
  return useSyncExternalStore(engine.subscribe, () => {
    const { isPlaying, sound } = engine.current();
    return isPlaying && sound?.id === soundId;
  });
}
