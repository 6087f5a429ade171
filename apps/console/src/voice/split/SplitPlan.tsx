import { useEffect, useState } from 'react';
import { isBusy, unwrap, type Schema } from '#libs/client';
import { useAction } from '../../api/use-action.js';
import { useSession } from '../../session/session.js';
import { text } from '../../texts/text.js';
import { Button } from '../../ui/Button.js';
import { ConfirmDialog } from '../../ui/Dialog.js';
import { FailureNote } from '../../ui/notes.js';
import { ProgressBar } from '../../ui/progress.js';
import type { SectionProps } from '../section.js';
import { useStage } from '../stage.js';
import { splitBody, type SplitForm } from './split-form.js';
import { SplitFields } from './SplitFields.js';
import { SplitOutcome } from './SplitOutcome.js';
import { useDryRun } from './use-dry-run.js';

interface SplitPlanProps extends SectionProps {
  readonly form: SplitForm;
  readonly onChange: (form: SplitForm) => void;
  readonly onClose: () => void;
}

/** A split that is being tried: its fields, what it would make, and the way to make it so. */
export function SplitPlan({ form, onChange, onClose, ...section }: SplitPlanProps) {
  const { partner, voice } = section;
  const { timbre } = useSession();
  const { plan } = useStage();
  const { preview, isPending, failure, fields } = useDryRun(section, form);
  const [isAsking, setAsking] = useState(false);
  useEffect(() => plan(preview?.samples), [plan, preview]);
  useEffect(() => () => plan(undefined), [plan]);
  const apply = useAction(
    () =>
      unwrap(
        timbre.POST('/api/voices/{partner}/{voice}/split', {
          params: { path: { partner, voice: voice.id } },
          body: splitBody(form),
        }),
      ),
    { done: text('split.started') },
  );
  const busy = isBusy(voice);
  return (
    <>
      <SplitFields form={form} errors={fields} onChange={onChange} />
      <FailureNote failure={failure} />
      <div className="split-end">
        {preview ? (
          <SplitOutcome preview={preview} isPending={isPending} />
        ) : (
          isPending && <ProgressBar label={text('split.planning')} value={undefined} />
        )}
        <div className="row">
          <Button
            kind="primary"
            icon="scissors"
            isDisabled={busy || isPending || !preview}
            onPress={() => setAsking(true)}
          >
            {text('split.apply')}
          </Button>
          <Button onPress={onClose}>{text('action.cancel')}</Button>
        </div>
      </div>
      {busy && <p className="muted">{text('split.busy')}</p>}
      <ConfirmDialog
        title={text('split.confirmTitle')}
        action={text('split.confirmAction', { count: preview?.samples.length ?? 0 })}
        isOpen={isAsking}
        isDangerous
        onClose={() => setAsking(false)}
        onConfirm={async () => {
          await apply.runOrThrow();
          onClose();
        }}
      >
        <Losses voice={voice} />
      </ConfirmDialog>
    </>
  );
}

/** What a split replaces. docs/api.md, A re-split, is the source. */
function Losses({ voice }: { voice: Schema<'VoiceDetails'> }) {
  const { samples, preferred_sample_index: preferred, embedding_info: info } = voice;
  const uploaded = samples.filter(({ source_timestamp }) => source_timestamp === null).length;
  return (
    <ul className="losses">
      <li>{text('split.lossOfSamples', { count: samples.length, uploaded })}</li>
      {preferred !== null && <li>{text('split.lossOfPreferred', { index: preferred })}</li>}
      {info && <li>{text('split.lossOfScores')}</li>}
      {info && <li>{text('split.lossOfMatch')}</li>}
      <li>{text('split.untilThen')}</li>
    </ul>
  );
}
