import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query';
import { ApiFailure } from '#libs/client';
import { sayDone } from '../ui/toasts.js';
import { cacheKeys, mayHaveChanged } from './keys.js';

/** How an action ended. */
export type Outcome<Result> =
  | { readonly isDone: true; readonly result: Result }
  | { readonly isDone: false; readonly failure: unknown };

export interface Action<Input extends readonly unknown[], Result> {
  /** Runs the action. A failure is returned, and is in `failure` until the next run. */
  readonly run: (...input: Input) => Promise<Outcome<Result>>;
  /** Runs the action for a ConfirmDialog, which shows the failure itself. */
  readonly runOrThrow: (...input: Input) => Promise<Result>;
  readonly isPending: boolean;
  readonly failure: unknown;
  /** Sentences for the fields of a form, from a 422. */
  readonly fields: Readonly<Record<string, string>>;
  /** Forgets the failure. */
  readonly clear: () => void;
}

interface ActionOptions {
  /** What a toast says afterwards. */
  readonly done?: string;
  /** The cached answers that it changes. By default everything: what the page shows is read again, the rest when it is shown. */
  readonly refresh?: readonly QueryKey[];
}

const noFields = {};

/**
 * Makes an action of a call: says when it is done, and reads again what it has changed.
 *
 * @param call for example `(name: string) => unwrap(timbre.PUT(…))`
 */
export function useAction<Input extends readonly unknown[], Result>(
  call: (...input: Input) => Promise<Result>,
  { done, refresh }: ActionOptions = {},
): Action<Input, Result> {
  const cache = useQueryClient();
  const { mutateAsync, isPending, error, reset } = useMutation({
    mutationFn: (input: Input) => call(...input),
    onSuccess: () => {
      if (done !== undefined) sayDone(done);
      if (refresh) return Promise.all(refresh.map((queryKey) => cache.invalidateQueries({ queryKey })));
      return cache.invalidateQueries({ predicate: ({ queryKey }) => mayHaveChanged(queryKey) });
    },
    onError: (failure) => {
      if (failure instanceof ApiFailure && failure.status === 401) {
        void cache.invalidateQueries({ queryKey: cacheKeys.owner });
      }
    },
  });
  const runOrThrow = (...input: Input): Promise<Result> => mutateAsync(input);
  return {
    run: async (...input) => {
      try {
        return { isDone: true, result: await runOrThrow(...input) };
      } catch (failure) {
        return { isDone: false, failure };
      }
    },
    runOrThrow,
    isPending,
    failure: error ?? undefined,
    fields: error instanceof ApiFailure ? error.fields : noFields,
    clear: reset,
  };
}
