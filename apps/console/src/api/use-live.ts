import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useState } from 'react';
import { ApiFailure, type StreamEvent } from '#libs/client';
import { useSession } from '../session/session.js';
import { cacheKeys } from './keys.js';
import { live } from './live.js';

/** A page that nobody sees for this long gives its connection back: browsers allow six to one server. */
const hiddenMs = 60_000;

interface LiveOptions {
  readonly endsWithVoice?: boolean;
  readonly onEvent: (event: StreamEvent) => void;
  /** What was read before may be out of date. */
  readonly onMissed?: () => void;
}

/** Follows a stream of events while the page is shown, and returns whether events arrive at present. */
export function useLive(path: string, { endsWithVoice = false, onEvent, onMissed }: LiveOptions): boolean {
  const { connection } = useSession();
  const cache = useQueryClient();
  const [isLive, setLive] = useState(false);
  const heard = useEffectEvent(onEvent);
  const missed = useEffectEvent(() => onMissed?.());
  const isSeen = useIsSeen();
  useEffect(() => {
    if (!isSeen) return;
    const leaving = new AbortController();
    const onOpen = (isResumed: boolean): void => {
      setLive(true);
      if (!isResumed) missed();
    };
    const onCut = (failure: unknown): void => {
      setLive(false);
      if (failure instanceof ApiFailure && failure.status === 401) {
        void cache.invalidateQueries({ queryKey: cacheKeys.owner });
      }
    };
    const handlers = { onEvent: (event: StreamEvent) => heard(event), onOpen, onCut };
    void live(connection, path, handlers, { signal: leaving.signal, endsWithVoice });
    return () => {
      leaving.abort();
      setLive(false);
    };
  }, [connection, path, endsWithVoice, cache, isSeen]);
  return isLive;
}

/** Returns whether somebody sees the page, or has seen it a minute ago. */
function useIsSeen(): boolean {
  const [isSeen, setSeen] = useState(true);
  useEffect(() => {
    let timer: number | undefined;
    const changed = (): void => {
      clearTimeout(timer);
      if (document.hidden) timer = window.setTimeout(() => setSeen(false), hiddenMs);
      else setSeen(true);
    };
    document.addEventListener('visibilitychange', changed);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', changed);
    };
  }, []);
  return isSeen;
}
