import { useState, type FormEvent } from 'react';
import { unwrap, type Schema } from '#libs/client';
import { useAction } from '../../api/use-action.js';
import { useSession } from '../../session/session.js';
import { text } from '../../texts/text.js';
import { Button } from '../../ui/Button.js';
import { TextField } from '../../ui/fields.js';
import { FailureNote, Note } from '../../ui/notes.js';
import { useUsage } from '../admin-queries.js';
import { changeOf, draftOf, quotaNames, usedUpBy } from './quotas.js';

/** The quotas of a partner, to be changed. */
export function QuotasCard({ partner: { name, quotas } }: { partner: Schema<'Partner'> }) {
  const { timbre } = useSession();
  const { data: usage } = useUsage(name);
  const [draft, setDraft] = useState(() => draftOf(quotas));
  const { change, wrong } = changeOf(draft, quotas);
  const isChanged = Object.keys(change).length > 0;
  const usedUp = usage ? usedUpBy(change, usage) : [];
  const save = useAction(
    () => unwrap(timbre.PATCH('/api/admin/partners/{partner}', { params: { path: { partner: name } }, body: change })),
    { done: text('admin.quotas.saved', { partner: name }) },
  );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isChanged && wrong.length === 0) void save.run();
  };
  const isFieldFailure = Object.keys(save.fields).length > 0;
  return (
    <section className="card" aria-labelledby="partner-quotas">
      <form className="stack" onSubmit={submit} noValidate>
        <h2 id="partner-quotas">{text('admin.quotas')}</h2>
        <div className="quota-fields">
          {quotaNames.map((quota) => (
            <TextField
              key={quota}
              label={text(`admin.quotas.${quota}`)}
              hint={text(`admin.quotas.${quota}.hint`)}
              error={wrong.includes(quota) ? text('admin.quotas.wrong') : save.fields[quota]}
              placeholder={text(quota === 'keep_originals_days' ? 'admin.quotas.standard' : 'admin.quotas.unlimited')}
              value={draft[quota]}
              onChange={(written) => setDraft({ ...draft, [quota]: written })}
              autoComplete="off"
            />
          ))}
        </div>
        {usedUp.map((quota) => (
          <Note key={quota} tone="fair">
            {text('admin.quotas.usedUp', { quota: text(`admin.quota.${quota}`) })}
          </Note>
        ))}
        {!isFieldFailure && <FailureNote failure={save.failure} />}
        <div className="row">
          <Button kind="primary" type="submit" isDisabled={!isChanged || wrong.length > 0} isPending={save.isPending}>
            {text('admin.quotas.save')}
          </Button>
          <Button kind="quiet" isDisabled={!isChanged && wrong.length === 0} onPress={() => setDraft(draftOf(quotas))}>
            {text('admin.quotas.discard')}
          </Button>
        </div>
      </form>
    </section>
  );
}
