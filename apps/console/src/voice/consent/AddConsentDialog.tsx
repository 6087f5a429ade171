import { useState, type FormEvent } from 'react';
import { FileTrigger } from 'react-aria-components';
import { unwrap } from '#libs/client';
import { useAction } from '../../api/use-action.js';
import { useSession } from '../../session/session.js';
import { bytes } from '../../texts/format.js';
import { text } from '../../texts/text.js';
import { Button, IconButton } from '../../ui/Button.js';
import { Dialog } from '../../ui/Dialog.js';
import { Select, TextField } from '../../ui/fields.js';
import { FailureNote } from '../../ui/notes.js';
import type { SectionProps } from '../section.js';
import { consentForm, emptyDraft, type ConsentDraft } from './consent-form.js';

interface AddProps extends SectionProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Puts a consent on record. */
export function AddConsentDialog({ isOpen, onClose, ...section }: AddProps) {
  return (
    <Dialog title={text('consent.add.title')} isOpen={isOpen} onClose={onClose}>
      <ConsentForm {...section} onClose={onClose} />
    </Dialog>
  );
}

const methods = ['written', 'recorded', 'verbal'] as const;

function ConsentForm({ partner, voice, onClose }: Omit<AddProps, 'isOpen'>) {
  const { timbre } = useSession();
  const [draft, setDraft] = useState(() => emptyDraft(voice.language));
  const add = useAction(
    (given: ConsentDraft) =>
      unwrap(
        timbre.POST('/api/voices/{partner}/{voice}/consent', {
          params: { path: { partner, voice: voice.id } },
          body: { statement: given.statement, language: '', granted_by: '', method: given.method },
          bodySerializer: () => consentForm(given),
        }),
      ),
    { done: text('consent.add.done') },
  );
  const change = (part: Partial<ConsentDraft>): void => setDraft({ ...draft, ...part });
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if ((await add.run(draft)).isDone) onClose();
  };
  const { fields } = add;
  return (
    <form className="stack" onSubmit={(event) => void submit(event)}>
      <TextField
        label={text('consent.statement')}
        hint={text('consent.statement.hint')}
        error={fields['statement']}
        lines={4}
        value={draft.statement}
        onChange={(statement) => change({ statement })}
      />
      <TextField
        label={text('consent.grantedBy')}
        error={fields['granted_by']}
        value={draft.grantedBy}
        onChange={(grantedBy) => change({ grantedBy })}
      />
      <div className="form-pair">
        <TextField
          label={text('consent.language')}
          hint={text('consent.language.hint')}
          error={fields['language']}
          value={draft.language}
          onChange={(language) => change({ language })}
        />
        <TextField
          label={text('consent.textVersion')}
          hint={text('consent.textVersion.hint')}
          error={fields['text_version']}
          value={draft.textVersion}
          onChange={(textVersion) => change({ textVersion })}
        />
      </div>
      <Select
        label={text('consent.method')}
        error={fields['method']}
        options={methods.map((id) => ({ id, name: text(`consent.method.${id}`) }))}
        value={draft.method}
        onChange={(method) => change({ method })}
      />
      <ProofField draft={draft} error={fields['file']} onChange={(file) => change({ file })} />
      {Object.keys(fields).length === 0 && <FailureNote failure={add.failure} />}
      <div className="row dialog-actions">
        <Button onPress={onClose}>{text('action.cancel')}</Button>
        <Button kind="primary" type="submit" isPending={add.isPending}>
          {text('consent.add')}
        </Button>
      </div>
    </form>
  );
}

interface ProofFieldProps {
  readonly draft: ConsentDraft;
  readonly error: string | undefined;
  readonly onChange: (file: File | undefined) => void;
}

function ProofField({ draft: { file, method }, error, onChange }: ProofFieldProps) {
  const isAudio = method === 'recorded';
  return (
    <div className="field" role="group" aria-label={text('consent.file')}>
      <span className="field-label">{text('consent.file')}</span>
      <div className="row">
        <FileTrigger
          {...(isAudio && { acceptedFileTypes: ['audio/*', 'video/*'] })}
          onSelect={(files) => onChange(files?.[0])}
        >
          <Button icon={isAudio ? 'fileAudio' : 'upload'}>{text('consent.file.choose')}</Button>
        </FileTrigger>
        {file && (
          <>
            <span className="consent-file">{`${file.name} (${bytes(file.size)})`}</span>
            <IconButton icon="x" label={text('consent.file.remove')} onPress={() => onChange(undefined)} />
          </>
        )}
      </div>
      <span className="field-hint">{text(isAudio ? 'consent.file.recorded' : 'consent.file.hint')}</span>
      {error !== undefined && (
        <span className="field-error" role="alert">
          {error}
        </span>
      )}
    </div>
  );
}
