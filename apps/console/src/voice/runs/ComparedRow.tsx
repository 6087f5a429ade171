import type { Schema } from '#libs/client';
import type { Sound } from '../../player/player.js';
import { text } from '../../texts/text.js';
import { Button } from '../../ui/Button.js';
import { Badge } from '../../ui/notes.js';
import type { Ab } from '../ab/use-ab.js';
import type { ComparedSample, ComparedTest } from './compare-runs.js';

type Run = Schema<'EmbeddingRunDetails'>;

interface RowProps {
  readonly row: ComparedSample;
  readonly first: Run;
  readonly second: Run;
  readonly ab: Ab;
}

/** What two runs made of one sample. */
export function ComparedRow({ row, first, second, ab }: RowProps) {
  const { index, scores, difference, tests } = row;
  return (
    <li className="compared-row">
      <h3>{text('previews.sample', { index })}</h3>
      <span className="compared-scores">
        {text('runs.compare.scores', { first: written(scores.first), second: written(scores.second) })}
      </span>
      {difference !== undefined && <Difference value={difference} />}
      <div className="row compared-tests">
        {tests.map((test) => (
          <CompareTest key={test.sentence.first} test={test} index={index} first={first} second={second} ab={ab} />
        ))}
      </div>
    </li>
  );
}

const written = (score: number | undefined): string => score?.toFixed(2) ?? text('runs.compare.noScore');

function Difference({ value }: { value: number }) {
  const shown = value.toFixed(2);
  if (Number(shown) === 0) return <Badge>{text('runs.compare.same')}</Badge>;
  return (
    <Badge tone={value > 0 ? 'good' : 'fair'}>
      {text(value > 0 ? 'runs.compare.higher' : 'runs.compare.lower', { by: Math.abs(value).toFixed(2) })}
    </Badge>
  );
}

interface TestProps extends Omit<RowProps, 'row'> {
  readonly test: ComparedTest;
  readonly index: number;
}

/** Puts the same sentence of both runs into A and B, and plays A. */
function CompareTest({ test, index, first, second, ab }: TestProps) {
  const sentence = test.sentence.first;
  if (!test.first || !test.second) return null;
  const soundOf = (run: Run, which: 'first' | 'second', url: string): Sound => ({
    id: `${run.run_id}/${index}-${sentence}`,
    name: text(`runs.compare.sound.${which}`, { index, sentence }),
    url,
  });
  const pair = { a: soundOf(first, 'first', test.first.url), b: soundOf(second, 'second', test.second.url) };
  const isChosen = ab.pair.a?.id === pair.a.id;
  return (
    <Button
      icon={isChosen && ab.heard ? 'volume' : 'play'}
      kind={isChosen ? 'primary' : 'plain'}
      isDisabled={first.run_id === second.run_id}
      aria-label={text('runs.compare.play', { index, sentence })}
      onPress={() => ab.compare(pair, 'a')}
    >
      {text('previews.sentence', { number: sentence })}
    </Button>
  );
}
