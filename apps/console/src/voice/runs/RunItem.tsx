import { useState } from 'react';
import { isBusy, unwrap, type Schema } from '#libs/client';
import { useAction } from '../../api/use-action.js';
import { useSession } from '../../session/session.js';
import { ago, bytes, dateTime, languageName } from '../../texts/format.js';
import { text } from '../../texts/text.js';
import { ConfirmDialog } from '../../ui/Dialog.js';
import { Menu } from '../../ui/Menu.js';
import { Badge } from '../../ui/notes.js';
import type { SectionProps } from '../section.js';

interface RunProps extends SectionProps {
  readonly run: Schema<'EmbeddingRun'>;
  readonly onCompare: () => void;
}

/** One kept run, and what can be done with it. */
export function RunItem({ run, onCompare, ...section }: RunProps) {
  const [asked, setAsked] = useState<'restore' | 'delete'>();
  const { engine, language, current } = run;
  const isLocked = isBusy(section.voice);
  const dialog = (name: typeof asked) => ({
    ...section,
    run,
    isOpen: asked === name,
    onClose: () => setAsked(undefined),
  });
  return (
    <li className="run">
      <div className="grow">
        <div className="row">
          <strong title={dateTime(run.created_at)}>{ago(run.created_at)}</strong>
          {current && <Badge tone="good">{text('runs.current')}</Badge>}
        </div>
        <div className="muted run-facts">
          {[
            ...(language === null ? [] : [languageName(language)]),
            run.tts_type,
            ...(engine === null ? [] : [`${engine.name} ${engine.version}`]),
          ].join(' · ')}
        </div>
        <div className="muted run-facts">
          {[
            text('runs.samples', { count: run.sample_count }),
            ...(run.best_score === null ? [] : [text('runs.best', { score: run.best_score.toFixed(2) })]),
            bytes(run.bytes),
          ].join(' · ')}
        </div>
      </div>
      {!current && (
        <Menu
          label={text('runs.actions', { time: dateTime(run.created_at) })}
          actions={[
            { id: 'compare', name: text('runs.compareWithCurrent'), icon: 'gitCompare', onAction: onCompare },
            {
              id: 'restore',
              name: text('runs.restore'),
              icon: 'rotateCcw',
              isDisabled: isLocked,
              onAction: () => setAsked('restore'),
            },
            {
              id: 'delete',
              name: text('runs.delete'),
              icon: 'trash',
              isDangerous: true,
              isDisabled: isLocked,
              onAction: () => setAsked('delete'),
            },
          ]}
        />
      )}
      <RestoreDialog {...dialog('restore')} />
      <DeleteRunDialog {...dialog('delete')} />
    </li>
  );
}

interface AskProps extends SectionProps {
  readonly run: Schema<'EmbeddingRun'>;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

function RestoreDialog({ partner, voice, run, ...dialog }: AskProps) {
  const { timbre } = useSession();
  const restore = useAction(
    () =>
      unwrap(
        timbre.POST('/api/voices/{partner}/{voice}/embedding-runs/{run_id}/restore', {
          params: { path: { partner, voice: voice.id, run_id: run.run_id } },
        }),
      ),
    { done: text('runs.restore.done') },
  );
  return (
    <ConfirmDialog
      {...dialog}
      title={text('runs.restore.title', { time: dateTime(run.created_at) })}
      action={text('runs.restore')}
      onConfirm={() => restore.runOrThrow()}
    >
      <p>{text('runs.restore.text')}</p>
    </ConfirmDialog>
  );
}

function DeleteRunDialog({ partner, voice, run, ...dialog }: AskProps) {
  const { timbre } = useSession();
  const remove = useAction(
    () =>
      unwrap(
        timbre.DELETE('/api/voices/{partner}/{voice}/embedding-runs/{run_id}', {
          params: { path: { partner, voice: voice.id, run_id: run.run_id } },
        }),
      ),
    { done: text('runs.delete.done') },
  );
  return (
    <ConfirmDialog
      {...dialog}
      title={text('runs.delete.title', { time: dateTime(run.created_at) })}
      action={text('runs.delete')}
      isDangerous
      onConfirm={() => remove.runOrThrow()}
    >
      <p>{text('runs.delete.text')}</p>
    </ConfirmDialog>
  );
}
