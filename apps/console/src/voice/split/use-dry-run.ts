import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { ApiFailure, unwrap, type Schema } from '#libs/client';
import { cacheKeys } from '../../api/keys.js';
import { useSession } from '../../session/session.js';
import type { SectionProps } from '../section.js';
import { useSettled } from '../waveform/use-view.js';
import { splitBody, type SplitForm } from './split-form.js';

export interface DryRun {
  /** What the split would make. While another one is being computed it is the one before. */
  readonly preview: Schema<'SplitPreview'> | undefined;
  /** Whether the preview is not that of the form yet. */
  readonly isPending: boolean;
  readonly failure: unknown;
  /** The API's sentences for fields of the form. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Asks what a split would make, a moment after the last change of the form. A request that is out of date is given up. */
export function useDryRun({ partner, voice }: SectionProps, form: SplitForm): DryRun {
  const { timbre } = useSession();
  const settled = useSettled(form, 250);
  const { data, error, isPlaceholderData, isFetching } = useQuery({
    queryKey: [...cacheKeys.waveform(partner, voice.id), 'dry-run', voice.original_filename, settled],
    queryFn: async ({ signal }) => {
      const answer = await unwrap(
        timbre.POST('/api/voices/{partner}/{voice}/split', {
          params: { path: { partner, voice: voice.id } },
          body: { ...splitBody(settled), dry_run: true },
          signal,
        }),
      );
      return answer as Schema<'SplitPreview'>;
    },
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });
  const fields = error instanceof ApiFailure ? error.fields : {};
  return {
    preview: error ? undefined : data,
    isPending: settled !== form || isPlaceholderData || isFetching,
    failure: Object.keys(fields).length > 0 ? undefined : (error ?? undefined),
    fields,
  };
}
