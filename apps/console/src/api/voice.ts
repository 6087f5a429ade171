import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiFailure, isBusy, type Schema, type StreamEvent, unwrap } from '#libs/client';
import { useSession } from '../session/session.js';
import { renewalMs, withKeptUrls, withKnownUrls } from './audio-urls.js';
import { cacheKeys } from './keys.js';
import { useLive } from './use-live.js';

type Details = Schema<'VoiceDetails'>;

const pollMs = 2000;

export interface LiveVoice {
  /** The details with URLs of everything that can be heard; undefined until they have been read. */
  readonly voice: Details | undefined;
  /** Why the details could not be read. Those read before are still there. */
  readonly failure: unknown;
  /** Whether changes arrive as they happen. While they do not, a busy voice is read every 2 s. */
  readonly isLive: boolean;
  /** The voice was deleted while the page was open, or does not exist. */
  readonly isDeleted: boolean;
  readonly retry: () => void;
}

/**
 * Returns a voice that stays fresh while the page is open. The URLs of its audio are renewed before they expire, and stay the
 * same between changes, so that what plays is not interrupted.
 *
 * @param voice id of the voice
 */
export function useVoice(partner: string, voice: string): LiveVoice {
  const { connection, timbre } = useSession();
  const cache = useQueryClient();
  const queryKey = cacheKeys.voice(partner, voice);
  const [isGone, setGone] = useState(false);

  const heard = ({ name, data }: StreamEvent): void => {
    if (name === 'voice.deleted') setGone(true);
    if (name !== 'voice.updated') return;
    const known = cache.getQueryData<Details>(queryKey);
    const isBeingRead = cache.isFetching({ queryKey, exact: true }) > 0; // an answer under way may be older than the event
    const details = known && !isBeingRead && withKnownUrls(known, data as Details, connection.origin);
    if (details) cache.setQueryData<Details>(queryKey, details);
    else void cache.invalidateQueries({ queryKey, exact: true });
  };
  const path = `/api/voices/${encodeURIComponent(partner)}/${encodeURIComponent(voice)}/events`;
  const isLive = useLive(path, { endsWithVoice: true, onEvent: heard });

  const { data, error, refetch } = useQuery({
    queryKey,
    queryFn: async ({ signal }) => {
      const params = { path: { partner, voice }, query: { audio_urls: true } };
      const fresh = await unwrap(timbre.GET('/api/voices/{partner}/{voice}', { params, signal }));
      return withKeptUrls(cache.getQueryData<Details>(queryKey), fresh, connection.origin);
    },
    enabled: !isGone,
    refetchInterval: ({ state }) => (!isLive && state.data && isBusy(state.data) ? pollMs : renewalMs),
  });
  const isMissing = error instanceof ApiFailure && error.status === 404;
  return {
    voice: data,
    failure: isMissing ? undefined : (error ?? undefined),
    isLive,
    isDeleted: isGone || isMissing,
    retry: () => void refetch(),
  };
}
