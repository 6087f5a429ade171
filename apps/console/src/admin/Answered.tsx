import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { FailureNote } from '../ui/notes.js';
import { Loading } from '../ui/progress.js';

interface AnsweredProps<Data> {
  readonly query: UseQueryResult<Data>;
  /** How many lines stand for the answer while it is not there. */
  readonly lines?: number;
  readonly children: (data: Data) => ReactNode;
}

/** Shows the answer to a query. While a later request fails, the last answer stays under the failure. */
export function Answered<Data>({ query, lines = 3, children }: AnsweredProps<Data>) {
  return (
    <>
      <FailureNote failure={query.error} onRetry={() => void query.refetch()} />
      {query.data === undefined ? !query.error && <Loading lines={lines} /> : children(query.data)}
    </>
  );
}
