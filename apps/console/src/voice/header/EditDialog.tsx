import { useState, type FormEvent } from 'react';
import { unwrap, type Schema } from '#libs/client';
import { useAction } from '../../api/use-action.js';
import { useSession } from '../../session/session.js';
import { languageName } from '../../texts/format.js';
import { text } from '../../texts/text.js';
import { Button } from '../../ui/Button.js';
import { Dialog } from '../../ui/Dialog.js';
import { Select, TextField } from '../../ui/fields.js';
import { FailureNote } from '../../ui/notes.js';
import type { SectionProps } from '../section.js';
import { changesOf, duplicateKey, formOf, type VoiceForm } from './edit-form.js';
import { LabelRows } from './LabelRows.js';
import { languageChoices } from '../languages.js';

interface EditProps extends SectionProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Changes what is known about a voice. */
export function EditDialog({ isOpen, onClose, ...section }: EditProps) {
  return (
    <Dialog title={text('voice.edit.title', { name: section.voice.name })} isOpen={isOpen} onClose={onClose}>
      <EditForm {...section} onClose={onClose} />
    </Dialog>
  );
}

function EditForm({ partner, voice, onClose }: Omit<EditProps, 'isOpen'>) {
  const { timbre } = useSession();
  const [form, setForm] = useState(() => formOf(voice));
  const [twice, setTwice] = useState<string>();
  const update = useAction(
    (body: Schema<'UpdateVoiceFields'>) =>
      unwrap(timbre.PATCH('/api/voices/{partner}/{voice}', { params: { path: { partner, voice: voice.id } }, body })),
    { done: text('voice.saved') },
  );
  const change = (part: Partial<VoiceForm>): void => setForm({ ...form, ...part });
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const duplicate = duplicateKey(form.labels);
    setTwice(duplicate);
    if (duplicate !== undefined) return;
    const changes = changesOf(voice, form);
    if (Object.keys(changes).length === 0 || (await update.run(changes)).isDone) onClose();
  };
  const { fields } = update;
  return (
    <form className="stack" onSubmit={(event) => void submit(event)}>
      <Select
        label={text('voice.language')}
        hint={text('voice.language.hint')}
        error={fields['language']}
        options={languageChoices(voice.language).map((id) => ({ id, name: languageName(id) }))}
        value={form.language}
        onChange={(language) => change({ language })}
      />
      <TextField
        label={text('voice.description')}
        hint={text('voice.clear.hint')}
        error={fields['description']}
        lines={3}
        value={form.description}
        onChange={(description) => change({ description })}
      />
      <div className="form-pair">
        <TextField
          label={text('voice.creatorName')}
          error={fields['creator_name']}
          value={form.creatorName}
          onChange={(creatorName) => change({ creatorName })}
        />
        <TextField
          label={text('voice.creatorEmail')}
          error={fields['creator_email']}
          inputMode="email"
          value={form.creatorEmail}
          onChange={(creatorEmail) => change({ creatorEmail })}
        />
      </div>
      <LabelRows
        rows={form.labels}
        onChange={(labels) => change({ labels })}
        error={twice === undefined ? fields['labels'] : text('voice.label.twice', { key: twice })}
      />
      {Object.keys(fields).length === 0 && <FailureNote failure={update.failure} />}
      <div className="row dialog-actions">
        <Button onPress={onClose}>{text('action.cancel')}</Button>
        <Button kind="primary" type="submit" isPending={update.isPending}>
          {text('action.save')}
        </Button>
      </div>
    </form>
  );
}
