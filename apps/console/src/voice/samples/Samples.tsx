import { useState } from 'react';
import { isBusy } from '#libs/client';
import { text } from '../../texts/text.js';
import { ConfirmDialog } from '../../ui/Dialog.js';
import { EmptyState, FailureNote } from '../../ui/notes.js';
import { ProgressBar } from '../../ui/progress.js';
import { Segments } from '../../ui/Segments.js';
import type { SectionProps } from '../section.js';
import { AddSample } from './AddSample.js';
import { SampleKeys } from './SampleKeys.js';
import { SampleList } from './SampleList.js';
import { scoresOf, type Order } from './sample-order.js';
import { useSampleActions } from './use-sample-actions.js';
import './samples.css';

/** The samples of a voice: to hear, to compare and to prefer one. */
export function Samples(section: SectionProps) {
  const { voice } = section;
  const [order, setOrder] = useState<Order>('index');
  const [deleting, setDeleting] = useState<number>();
  const actions = useSampleActions(section);
  const busy = isBusy(voice);
  const scores = scoresOf(voice.embedding_info);
  const orders = (['index', ...(scores.size > 0 ? (['score'] as const) : []), 'grade'] as const).map((id) => ({
    id,
    name: text(`samples.order.${id}`),
  }));
  return (
    <section className="card samples" aria-labelledby="samples-title">
      <div className="row spread">
        <h2 id="samples-title">
          {text('samples.title')} <span className="muted samples-count">{voice.samples.length}</span>
        </h2>
        <div className="row">
          {voice.samples.length > 1 && (
            <Segments label={text('samples.order')} options={orders} value={order} onChange={setOrder} />
          )}
          <AddSample
            isPending={actions.add.isPending}
            isDisabled={busy}
            onFile={(file) => void actions.add.run(file)}
          />
        </div>
      </div>
      {busy && <p className="muted">{text('samples.busy')}</p>}
      {actions.add.isPending && <ProgressBar label={text('samples.adding')} value={undefined} />}
      <FailureNote failure={actions.add.failure ?? actions.failure} />
      {voice.samples.length === 0 ? (
        <EmptyState icon="audioLines" title={text('samples.empty')}>
          {text(busy ? 'samples.emptyYet' : 'samples.emptyHint')}
        </EmptyState>
      ) : (
        <>
          <SampleList
            {...section}
            order={order}
            scores={scores}
            preferred={actions.preferred}
            mayChange={!busy}
            onPrefer={(index) => void actions.prefer(index === actions.preferred ? null : index)}
            onDelete={setDeleting}
          />
          <SampleKeys />
        </>
      )}
      <ConfirmDialog
        title={text('samples.delete', { index: deleting ?? 0 })}
        action={text('samples.delete', { index: deleting ?? 0 })}
        isOpen={deleting !== undefined}
        isDangerous
        onClose={() => setDeleting(undefined)}
        onConfirm={async () => deleting !== undefined && (await actions.remove.runOrThrow(deleting))}
      >
        <p>
          {text('samples.deleteText', {
            isPreferred: String(deleting === voice.preferred_sample_index),
            isEmbedded: String(scores.size > 0),
          })}
        </p>
      </ConfirmDialog>
    </section>
  );
}
