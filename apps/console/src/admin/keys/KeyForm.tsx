import { useState, type FormEvent } from 'react';
import { unwrap, type Schema } from '#libs/client';
import { useAction } from '../../api/use-action.js';
import { useSession } from '../../session/session.js';
import { text } from '../../texts/text.js';
import { Button } from '../../ui/Button.js';
import { Select, TextField } from '../../ui/fields.js';
import { FailureNote } from '../../ui/notes.js';
import { useNow } from '../../ui/use-now.js';
import { expiryOf, type Lifetime } from './expiry.js';
import { partnerNameProblem } from './partner-name.js';

interface KeyFormProps {
  /** Undefined to ask for the name of a new partner. */
  readonly partner: string | undefined;
  readonly taken: readonly string[];
  readonly onCreated: (created: Schema<'CreatedApiKey'>) => void;
  readonly onCancel: () => void;
}

const scopesOf = { both: ['read', 'write'], read: ['read'], write: ['write'] } as const;
type Scopes = keyof typeof scopesOf;

const lifetimes: readonly Lifetime[] = ['never', '30', '90', '365', 'date'];

/** What a new key is for, what it allows and until when. */
export function KeyForm({ partner, taken, onCreated, onCancel }: KeyFormProps) {
  const { timbre } = useSession();
  const [partnerName, setPartnerName] = useState('');
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<Scopes>('both');
  const [lifetime, setLifetime] = useState<Lifetime>('never');
  const [date, setDate] = useState('');
  const [isSent, setSent] = useState(false);

  const problem = partner === undefined ? partnerNameProblem(partnerName, taken) : undefined;
  const now = useNow();
  const isNameless = name.trim() === '';
  const expiry = expiryOf(lifetime, date, now);
  const create = useAction((owner: string, fields: Schema<'CreateKeyFields'>) =>
    unwrap(timbre.POST('/api/admin/partners/{partner}/keys', { params: { path: { partner: owner } }, body: fields })),
  );
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setSent(true);
    if (problem !== undefined || isNameless || expiry === undefined) return;
    const expires = expiry === null ? {} : { expires_at: expiry };
    const fields = { name: name.trim(), scopes: [...scopesOf[scopes]], ...expires };
    const outcome = await create.run(partner ?? partnerName, fields);
    if (outcome.isDone) onCreated(outcome.result);
  };
  const isFieldFailure = Object.keys(create.fields).length > 0;
  return (
    <form className="stack" onSubmit={(event) => void submit(event)} noValidate>
      {partner === undefined && (
        <>
          <p className="muted">{text('admin.partners.createText')}</p>
          <TextField
            label={text('admin.partner.name')}
            hint={text('admin.partner.nameHint')}
            error={isSent && problem !== undefined ? text(`admin.partner.name.${problem}`) : undefined}
            value={partnerName}
            onChange={setPartnerName}
            autoComplete="off"
            autoFocus
          />
        </>
      )}
      <TextField
        label={text('admin.keys.name')}
        hint={text('admin.keys.nameHint')}
        error={isSent && isNameless ? text('admin.keys.nameMissing') : create.fields['name']}
        value={name}
        onChange={setName}
        autoComplete="off"
        autoFocus={partner !== undefined}
      />
      <Select
        label={text('admin.keys.scopes')}
        error={create.fields['scopes']}
        options={(['both', 'read', 'write'] as const).map((id) => ({ id, name: text(`admin.keys.scopes.${id}`) }))}
        value={scopes}
        onChange={setScopes}
      />
      <Select
        label={text('admin.keys.expires')}
        options={lifetimes.map((id) => ({ id, name: text(`admin.keys.lifetime.${id}`) }))}
        value={lifetime}
        onChange={setLifetime}
      />
      {lifetime === 'date' && (
        <TextField
          label={text('admin.keys.lastDay')}
          error={
            create.fields['expires_at'] ?? (isSent && expiry === undefined ? text('admin.keys.dateOver') : undefined)
          }
          type="date"
          value={date}
          onChange={setDate}
        />
      )}
      {!isFieldFailure && <FailureNote failure={create.failure} />}
      <div className="row dialog-actions">
        <Button onPress={onCancel}>{text('action.cancel')}</Button>
        <Button kind="primary" type="submit" isPending={create.isPending}>
          {text(partner === undefined ? 'admin.partners.createAction' : 'admin.keys.createAction')}
        </Button>
      </div>
    </form>
  );
}
