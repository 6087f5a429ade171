import { useRef, useState, type FormEvent } from 'react';
import { type Schema, unwrap } from '#libs/client';
import { cacheKeys } from '../../api/keys.js';
import { useAction } from '../../api/use-action.js';
import { useSession } from '../../session/session.js';
import { text } from '../../texts/text.js';
import { Button } from '../../ui/Button.js';
import { Disclosure } from '../../ui/Disclosure.js';
import { TextField } from '../../ui/fields.js';
import { FailureNote } from '../../ui/notes.js';
import type { VoiceForm } from '../../voice/header/edit-form.js';
import { mayHaveArrived } from '../upload/retry-rules.js';
import { newKey } from '../upload/upload.js';
import { detailsOf, duplicateLabel, isVoiceName } from './draft.js';
import { KnownFields, LanguageField } from './KnownFields.js';

interface EmptyFormProps {
  readonly partner: string;
  readonly form: VoiceForm;
  readonly onForm: (changes: Partial<VoiceForm>) => void;
  readonly onMade: (id: string) => void;
}

/** Makes a voice without a recording, for samples that are uploaded one by one. */
export function EmptyForm({ partner, form, onForm, onMade }: EmptyFormProps) {
  const [name, setName] = useState('');
  const [isWrong, setWrong] = useState(false);
  const create = useCreateEmpty(partner);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setWrong(!isVoiceName(name));
    if (!isVoiceName(name) || duplicateLabel(form) !== undefined) return;
    const outcome = await create.run({ name: name.trim(), ...detailsOf(form) });
    if (outcome.isDone) onMade(outcome.result.id);
  };
  return (
    <form className="stack" onSubmit={(event) => void submit(event)}>
      <p className="muted">{text('newVoice.emptyLead')}</p>
      <TextField
        label={text('newVoice.name')}
        error={isWrong ? text('newVoice.nameRule') : create.fields['name']}
        value={name}
        autoFocus
        onChange={(typed) => {
          setName(typed);
          setWrong(false);
        }}
      />
      <LanguageField form={form} onChange={onForm} errors={create.fields} />
      <Disclosure title={text('newVoice.more')}>
        <KnownFields form={form} onChange={onForm} errors={create.fields} />
      </Disclosure>
      <FailureNote failure={create.failure} />
      <div className="row dialog-actions">
        <Button kind="primary" icon="plus" type="submit" isPending={create.isPending}>
          {text('newVoice.create')}
        </Button>
      </div>
    </form>
  );
}

/** The same fields are sent again with the same key after a lost answer, so that no voice is made twice. */
function useCreateEmpty(partner: string) {
  const { timbre } = useSession();
  const last = useRef({ body: '', key: '' });
  return useAction(
    async (body: Schema<'CreateEmptyVoiceFields'>) => {
      if (last.current.body !== JSON.stringify(body)) last.current = { body: JSON.stringify(body), key: newKey() };
      const params = { path: { partner }, header: { 'Idempotency-Key': last.current.key } };
      try {
        return await unwrap(timbre.POST('/api/voices/{partner}/empty', { params, body }));
      } catch (failure) {
        if (!mayHaveArrived(failure)) last.current = { body: '', key: '' };
        throw failure;
      }
    },
    { refresh: [cacheKeys.voices(partner)] },
  );
}
