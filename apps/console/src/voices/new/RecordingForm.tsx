import { useState, type FormEvent } from 'react';
import { bytes } from '../../texts/format.js';
import { text } from '../../texts/text.js';
import { Button, IconButton } from '../../ui/Button.js';
import { Disclosure } from '../../ui/Disclosure.js';
import { TextField } from '../../ui/fields.js';
import { FailureNote } from '../../ui/notes.js';
import type { VoiceForm } from '../../voice/header/edit-form.js';
import type { Draft, SplitForm } from './draft.js';
import { noSplit } from './draft.js';
import { KnownFields, LanguageField } from './KnownFields.js';
import { SplitFields } from './SplitFields.js';
import { useNewVoices } from './use-new-voices.js';

interface RecordingFormProps {
  readonly partner: string;
  readonly drafts: readonly Draft[];
  readonly form: VoiceForm;
  readonly onForm: (changes: Partial<VoiceForm>) => void;
  readonly onDraft: (id: string, name: string) => void;
  /** Without it, what is sent cannot be taken out of the form. */
  readonly onRemove?: (id: string) => void;
  /** The uploads have been started. */
  readonly onStarted: (ids: readonly string[]) => void;
}

/** What there is to say about recordings before they are uploaded. */
export function RecordingForm({ partner, drafts, form, onForm, onDraft, onRemove, onStarted }: RecordingFormProps) {
  const [split, setSplit] = useState(noSplit);
  const { start, isChecking, nameErrors, failure } = useNewVoices(partner);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const ids = await start(drafts, form, split);
    if (ids) onStarted(ids);
  };
  return (
    <form className="stack" onSubmit={(event) => void submit(event)}>
      <ul className="stack">
        {drafts.map(({ id, file, name }, at) => (
          <li key={id} className="new-draft">
            <TextField
              label={drafts.length === 1 ? text('newVoice.name') : text('newVoice.nameOf', { number: at + 1 })}
              hint={text('newVoice.file', { name: file.name, size: bytes(file.size) })}
              error={nameErrors[id]}
              value={name}
              autoFocus={at === 0}
              onChange={(typed) => onDraft(id, typed)}
            />
            {onRemove && (
              <IconButton
                icon="x"
                label={text('newVoice.removeFile', { name: file.name })}
                onPress={() => onRemove(id)}
              />
            )}
          </li>
        ))}
      </ul>
      <LanguageField form={form} onChange={onForm} />
      <Disclosure title={text('newVoice.more')}>
        <div className="stack">
          <KnownFields form={form} onChange={onForm} />
          <SplitFields split={split} onChange={(changes: Partial<SplitForm>) => setSplit({ ...split, ...changes })} />
        </div>
      </Disclosure>
      <FailureNote failure={failure} />
      <div className="row dialog-actions">
        <Button kind="primary" icon="upload" type="submit" isPending={isChecking}>
          {text('newVoice.upload', { count: drafts.length })}
        </Button>
      </div>
    </form>
  );
}
