import { useState, type FormEvent } from 'react';
import type { Schema } from '#libs/client';
import { bytes } from '../../texts/format.js';
import { text } from '../../texts/text.js';
import { Button } from '../../ui/Button.js';
import { FileDrop } from '../../ui/FileDrop.js';
import { Select, TextField } from '../../ui/fields.js';
import { useUploadQueue } from '../upload/uploads.js';
import { isVoiceName } from './draft.js';

type Conflict = Schema<'ImportConflict'>;

interface ImportFormProps {
  readonly partner: string;
  readonly onStarted: (ids: readonly string[]) => void;
}

/** Makes a voice of an archive that an export gave. */
export function ImportForm({ partner, onStarted }: ImportFormProps) {
  const queue = useUploadQueue();
  const [file, setFile] = useState<File>();
  const [name, setName] = useState('');
  const [isWrong, setWrong] = useState(false);
  const [conflict, setConflict] = useState<Conflict>('fail');
  const take = (files: readonly File[]): void => setFile(files[0]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const isWrongName = name.trim() !== '' && !isVoiceName(name);
    setWrong(isWrongName);
    if (!file || isWrongName) return;
    onStarted(queue.add([{ partner, kind: 'archive', name: name.trim(), file, fields: { on_conflict: conflict } }]));
  };
  return (
    <form className="stack" onSubmit={submit}>
      <FileDrop
        icon="archive"
        title={file ? text('newVoice.file', { name: file.name, size: bytes(file.size) }) : text('newVoice.importDrop')}
        hint={text('newVoice.importHint')}
        isSmall={file !== undefined}
        action={text(file ? 'newVoice.otherFile' : 'newVoice.chooseArchive')}
        accept={['application/zip', '.zip']}
        onFiles={take}
      />
      <TextField
        label={text('newVoice.name')}
        hint={text('newVoice.importName')}
        error={isWrong ? text('newVoice.nameRule') : undefined}
        value={name}
        onChange={setName}
      />
      <Select<Conflict>
        label={text('newVoice.conflict')}
        options={[
          { id: 'fail', name: text('newVoice.conflict.fail') },
          { id: 'rename', name: text('newVoice.conflict.rename') },
        ]}
        value={conflict}
        onChange={setConflict}
      />
      <div className="row dialog-actions">
        <Button kind="primary" icon="upload" type="submit" isDisabled={!file}>
          {text('newVoice.import')}
        </Button>
      </div>
    </form>
  );
}
