import { useState, type FormEvent } from 'react';
import { unwrap, type Schema } from '#libs/client';
import { useAction } from '../../api/use-action.js';
import { useSession } from '../../session/session.js';
import { text } from '../../texts/text.js';
import { Button } from '../../ui/Button.js';
import { Dialog } from '../../ui/Dialog.js';
import { Select, TextField } from '../../ui/fields.js';
import { FailureNote, Note } from '../../ui/notes.js';
import { adminKey, usePartners } from '../admin-queries.js';
import { fieldsOf } from './recompute-fields.js';

/** Counts the voices of a recompute first, and starts it only then. */
export function StartRecompute({ onClose }: { onClose: () => void }) {
  const { timbre } = useSession();
  const { data: partners = [] } = usePartners();
  const [form, setForm] = useState({ ttsType: 'kyutai', version: '', partner: '' });
  const [counted, setCounted] = useState<number>();
  const post = (fields: Schema<'RecomputeFields'>) => unwrap(timbre.POST('/api/admin/recompute', { body: fields }));
  const count = useAction(() => post({ ...fieldsOf(form), dry_run: true }), { refresh: [] });
  const start = useAction(() => post(fieldsOf(form)), {
    done: text('admin.recompute.startedDone'),
    refresh: [[adminKey, 'recomputes']],
  });
  const change = (to: Partial<typeof form>): void => {
    setForm({ ...form, ...to });
    setCounted(undefined);
  };
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (counted === undefined) {
      const outcome = await count.run();
      if (outcome.isDone) setCounted(outcome.result.voices);
    } else if (counted > 0 && (await start.run()).isDone) {
      onClose();
    }
  };
  const options = [
    { id: '', name: text('admin.recompute.allPartners') },
    ...partners.map(({ name }) => ({ id: name, name })),
  ];
  const isFieldFailure = Object.keys(count.fields).length > 0;
  return (
    <Dialog title={text('admin.recompute.start')} isOpen onClose={onClose}>
      <form className="stack" onSubmit={(event) => void submit(event)} noValidate>
        <TextField
          label={text('admin.recompute.ttsType')}
          hint={text('admin.recompute.ttsTypeHint')}
          error={count.fields['tts_type']}
          value={form.ttsType}
          onChange={(ttsType) => change({ ttsType })}
          autoComplete="off"
        />
        <TextField
          label={text('admin.recompute.version')}
          hint={text('admin.recompute.versionHint')}
          error={count.fields['engine_older_than.version'] ?? count.fields['engine_older_than']}
          value={form.version}
          onChange={(version) => change({ version })}
          autoComplete="off"
        />
        <Select
          label={text('admin.recompute.partner')}
          error={count.fields['partner']}
          options={options}
          value={form.partner}
          onChange={(partner) => change({ partner })}
        />
        {!isFieldFailure && <FailureNote failure={count.failure ?? start.failure} />}
        {counted !== undefined && (
          <Note tone={counted === 0 ? 'plain' : 'info'}>{text('admin.recompute.counted', { voices: counted })}</Note>
        )}
        <div className="row dialog-actions">
          <Button onPress={onClose}>{text('action.cancel')}</Button>
          {counted === undefined ? (
            <Button kind="primary" type="submit" isPending={count.isPending}>
              {text('admin.recompute.count')}
            </Button>
          ) : (
            <Button kind="primary" type="submit" isDisabled={counted === 0} isPending={start.isPending}>
              {text('admin.recompute.startAction', { voices: counted })}
            </Button>
          )}
        </div>
      </form>
    </Dialog>
  );
}
