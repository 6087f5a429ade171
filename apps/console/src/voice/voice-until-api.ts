import { useQuery } from '@tanstack/react-query';
import { unwrap } from '#libs/client';
import { useSession } from '../session/session.js';

/** Stands in for src/api/voice.ts until it is there. */
export function useVoice(partner: string, voice: string) {
  const { timbre } = useSession();
  const { data, error, refetch } = useQuery({
    queryKey: ['voice', partner, voice],
    queryFn: ({ signal }) =>
      unwrap(
        timbre.GET('/api/voices/{partner}/{voice}', {
          params: { path: { partner, voice }, query: { audio_urls: true } },
          signal,
        }),
      ),
  });
  return { voice: data, failure: error, isLive: false, isDeleted: false, retry: () => void refetch() };
}
