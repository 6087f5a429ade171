import { useState } from 'react';
import { text } from '../../texts/text.js';
import { Button } from '../../ui/Button.js';
import { FailureNote } from '../../ui/notes.js';
import { Loading } from '../../ui/progress.js';
import { Section } from '../../ui/Section.js';
import type { SectionProps } from '../section.js';
import { CompareDialog } from './CompareDialog.js';
import { RunItem } from './RunItem.js';
import { useRuns } from './use-runs.js';
import './runs.css';

/** The embeddings that are kept, so that one can go back to an earlier one. */
export function Runs(section: SectionProps) {
  const { data: runs, error, refetch } = useRuns(section);
  const [compared, setCompared] = useState<readonly [string, string]>();
  const [first, second] = runs ?? [];
  return (
    <Section
      title={text('runs.title')}
      actions={
        first &&
        second && (
          <Button icon="gitCompare" onPress={() => setCompared([first.run_id, second.run_id])}>
            {text('runs.compare')}
          </Button>
        )
      }
    >
      <FailureNote failure={error} onRetry={() => void refetch()} />
      {!runs && !error && <Loading lines={2} />}
      {runs?.length === 0 && <p className="muted">{text('runs.none')}</p>}
      {runs && runs.length > 0 && (
        <ul className="runs" aria-label={text('runs.title')}>
          {runs.map((run) => (
            <RunItem
              key={run.run_id}
              {...section}
              run={run}
              onCompare={() => setCompared([currentOf(runs)?.run_id ?? run.run_id, run.run_id])}
            />
          ))}
        </ul>
      )}
      {runs && compared && (
        <CompareDialog {...section} runs={runs} compared={compared} onClose={() => setCompared(undefined)} />
      )}
    </Section>
  );
}

const currentOf = <Run extends { readonly current: boolean }>(runs: readonly Run[]): Run | undefined =>
  runs.find(({ current }) => current);
