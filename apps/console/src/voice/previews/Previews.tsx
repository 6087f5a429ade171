import { memo, useState } from 'react';
import { text } from '../../texts/text.js';
import { Button } from '../../ui/Button.js';
import { EmptyState } from '../../ui/notes.js';
import { Section } from '../../ui/Section.js';
import { Segments } from '../../ui/Segments.js';
import { AbBar } from '../ab/AbBar.js';
import { useAb, type AbChoice } from '../ab/use-ab.js';
import type { SectionProps } from '../section.js';
import { previewRows, type PreviewOrder } from './preview-rows.js';
import { PreviewRow } from './PreviewRow.js';
import './previews.css';

/** How many rows are shown at first. A voice may have 500 samples. */
const firstRows = 25;

/** What the voice sounds like: the test sentences in the voice of each sample, beside that sample. */
export function Previews(section: SectionProps) {
  const { voice } = section;
  const [order, setOrder] = useState<PreviewOrder>('index');
  const [shown, setShown] = useState(firstRows);
  const ab = useAb();
  const { rows, sentences } = previewRows(voice, order);
  if (sentences.length === 0) return <NoPreviews {...section} />;
  return (
    <div onKeyDown={ab.onKeyDown}>
      <Section
        title={text('previews.title')}
        actions={
          <Segments
            label={text('previews.order')}
            value={order}
            onChange={setOrder}
            options={[
              { id: 'index', name: text('previews.order.index') },
              { id: 'score', name: text('previews.order.score') },
            ]}
          />
        }
      >
        <ol className="sentences" aria-label={text('previews.sentences')}>
          {sentences.map(({ index, text: words }) => (
            <li key={index} value={index} lang={voice.embedding_info?.language ?? undefined}>
              {words ?? text('previews.sentence', { number: index })}
            </li>
          ))}
        </ol>
        <AbBar ab={ab} />
        <PreviewList {...section} order={order} shown={shown} ab={ab.choice} />
        {rows.length > shown && (
          <Button onPress={() => setShown(shown + 2 * firstRows)}>
            {text('previews.more', { count: rows.length - shown })}
          </Button>
        )}
      </Section>
    </div>
  );
}

interface ListProps extends SectionProps {
  readonly order: PreviewOrder;
  readonly shown: number;
  readonly ab: AbChoice;
}

/** The rows. They are not drawn again for what the player does. */
const PreviewList = memo(function PreviewList({ order, shown, ab, ...section }: ListProps) {
  const { rows, sentences } = previewRows(section.voice, order);
  return (
    <ul className="previews" aria-label={text('previews.list')}>
      {rows.slice(0, shown).map((row) => (
        <PreviewRow key={row.index} {...section} row={row} sentences={sentences} ab={ab} />
      ))}
    </ul>
  );
});

function NoPreviews({ voice }: SectionProps) {
  const reason =
    voice.status.embedding === 'in_progress' ? 'making' : voice.embedding_info?.run_id ? 'deleted' : 'never';
  return (
    <Section title={text('previews.title')}>
      <EmptyState icon="sparkles" title={text('previews.empty')}>
        {text(`previews.empty.${reason}`)}
      </EmptyState>
    </Section>
  );
}
