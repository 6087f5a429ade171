import { useQuery } from '@tanstack/react-query';
import { unwrap, type Schema } from '#libs/client';
import { atOrigin } from '../../api/audio-urls.js';
import { cacheKeys } from '../../api/keys.js';
import { useSession } from '../../session/session.js';
import type { SectionProps } from '../section.js';

/** Returns the kept runs of a voice. They are read again when an embedding ends and when another run is restored. */
export function useRuns({ partner, voice }: SectionProps) {
  const { timbre } = useSession();
  const { embedding_info: info, status } = voice;
  return useQuery({
    queryKey: [
      ...cacheKeys.voicePart(partner, voice.id, 'runs'),
      info?.run_id,
      info?.last_update_time,
      status.embedding,
    ],
    queryFn: ({ signal }) =>
      unwrap(
        timbre.GET('/api/voices/{partner}/{voice}/embedding-runs', {
          params: { path: { partner, voice: voice.id } },
          signal,
        }),
      ),
    placeholderData: (previous) => previous,
  });
}

/** Signed URLs are valid for an hour. */
const renewalMs = 40 * 60_000;

/** Returns what a run made, with URLs at the origin of the page. */
export function useRun(partner: string, voice: string, run: string | undefined) {
  const { timbre, connection } = useSession();
  return useQuery<Schema<'EmbeddingRunDetails'>>({
    queryKey: ['run', partner, voice, run],
    queryFn: async ({ signal }) => {
      const params = { path: { partner, voice, run_id: run ?? '' } };
      const details = await unwrap(
        timbre.GET('/api/voices/{partner}/{voice}/embedding-runs/{run_id}', { params, signal }),
      );
      return {
        ...details,
        embedding_zip_url: atOrigin(details.embedding_zip_url, connection.origin),
        test_samples: details.test_samples.map((test) => ({ ...test, url: atOrigin(test.url, connection.origin) })),
      };
    },
    enabled: run !== undefined,
    staleTime: renewalMs,
    refetchInterval: renewalMs,
  });
}
