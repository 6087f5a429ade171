import { useState } from 'react';
import type { Schema } from '#libs/client';
import { dateTime, languageName } from '../../texts/format.js';
import { text } from '../../texts/text.js';
import { Dialog } from '../../ui/Dialog.js';
import { Select } from '../../ui/fields.js';
import { FailureNote, Note } from '../../ui/notes.js';
import { Loading } from '../../ui/progress.js';
import { AbBar } from '../ab/AbBar.js';
import { useAb } from '../ab/use-ab.js';
import type { SectionProps } from '../section.js';
import { commonSentences, compareRuns, haveSameScorer } from './compare-runs.js';
import { ComparedRow } from './ComparedRow.js';
import { useRun } from './use-runs.js';

interface CompareProps extends SectionProps {
  readonly runs: readonly Schema<'EmbeddingRun'>[];
  /** The runs that are compared at first, by id. */
  readonly compared: readonly [string, string];
  readonly onClose: () => void;
}

/** Two runs side by side: their scores, and the same sentences of the same samples by ear. */
export function CompareDialog({ partner, voice, runs, compared, onClose }: CompareProps) {
  const [[firstId, secondId], setIds] = useState(compared);
  const first = useRun(partner, voice.id, firstId);
  const second = useRun(partner, voice.id, secondId);
  const options = runs.map((run) => ({ id: run.run_id, name: nameOf(run) }));
  return (
    <Dialog title={text('runs.compare.title')} isOpen onClose={onClose} wide>
      <div className="stack">
        <div className="form-pair">
          <Select
            label={text('runs.compare.first')}
            options={options}
            value={firstId}
            onChange={(id) => setIds([id, secondId])}
          />
          <Select
            label={text('runs.compare.second')}
            options={options}
            value={secondId}
            onChange={(id) => setIds([firstId, id])}
          />
        </div>
        <FailureNote failure={first.error ?? second.error} />
        {first.data && second.data ? (
          <Compared key={`${firstId} ${secondId}`} first={first.data} second={second.data} />
        ) : (
          !first.error && !second.error && <Loading />
        )}
      </div>
    </Dialog>
  );
}

function nameOf(run: Schema<'EmbeddingRun'>): string {
  const time = dateTime(run.created_at);
  const language = run.language === null ? run.tts_type : languageName(run.language);
  return text(run.current ? 'runs.name.current' : 'runs.name', { time, language });
}

type Run = Schema<'EmbeddingRunDetails'>;

function Compared({ first, second }: { first: Run; second: Run }) {
  const ab = useAb();
  const rows = compareRuns(first, second);
  const sentences = commonSentences(first, second);
  return (
    <div className="stack" onKeyDown={ab.onKeyDown}>
      {!haveSameScorer(first, second) && <Note tone="fair">{text('runs.compare.scorers')}</Note>}
      {sentences.some(({ words }) => words === undefined) && <Note>{text('runs.compare.otherWords')}</Note>}
      <ol className="sentences" aria-label={text('previews.sentences')}>
        {sentences.map(({ first: number, words }) =>
          words === undefined ? null : (
            <li key={number} value={number} lang={first.language ?? undefined}>
              {words}
            </li>
          ),
        )}
      </ol>
      <AbBar ab={ab} />
      <ul className="compared" aria-label={text('runs.compare.list')}>
        {rows.map((row) => (
          <ComparedRow key={row.index} row={row} first={first} second={second} ab={ab} />
        ))}
      </ul>
    </div>
  );
}
