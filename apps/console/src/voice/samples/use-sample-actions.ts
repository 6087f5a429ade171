import { useState } from 'react';
import { unwrap } from '#libs/client';
import { useAction, type Action } from '../../api/use-action.js';
import { useSession } from '../../session/session.js';
import type { SectionProps } from '../section.js';

interface SampleActions {
  /** The preferred sample, at once as it was chosen. */
  readonly preferred: number | null;
  readonly prefer: (index: number | null) => Promise<void>;
  readonly remove: Action<[index: number], unknown>;
  readonly add: Action<[file: File], unknown>;
  /** Why preferring failed. */
  readonly failure: unknown;
}

/** Returns what can be done with the samples of a voice. */
export function useSampleActions({ partner, voice }: SectionProps): SampleActions {
  const { timbre } = useSession();
  const path = { partner, voice: voice.id };
  const [wished, setWished] = useState<number | null>();
  const preferring = useAction((index: number | null) =>
    unwrap(
      timbre.PUT('/api/voices/{partner}/{voice}/preferred-sample', {
        params: { path },
        body: { sample_index: index },
      }),
    ),
  );
  const remove = useAction((index: number) =>
    unwrap(timbre.DELETE('/api/voices/{partner}/{voice}/samples/{index}', { params: { path: { ...path, index } } })),
  );
  const add = useAction((file: File) => {
    const form = new FormData();
    form.set('file', file);
    return unwrap(
      timbre.POST('/api/voices/{partner}/{voice}/samples', {
        params: { path },
        body: { file },
        bodySerializer: () => form,
      }),
    );
  });
  return {
    preferred: wished === undefined ? voice.preferred_sample_index : wished,
    prefer: async (index) => {
      setWished(index);
      await preferring.run(index);
      setWished(undefined);
    },
    remove,
    add,
    failure: preferring.failure,
  };
}
