import { useState, type FormEvent, type KeyboardEvent } from 'react';
import { isBusy, unwrap } from '#libs/client';
import { useAction } from '../../api/use-action.js';
import { useSession } from '../../session/session.js';
import { text } from '../../texts/text.js';
import { Button, IconButton } from '../../ui/Button.js';
import { TextField } from '../../ui/fields.js';
import { FailureNote } from '../../ui/notes.js';
import type { SectionProps } from '../section.js';

/** The name of a voice, which can be changed in its place. */
export function VoiceTitle({ partner, voice }: SectionProps) {
  const [isEditing, setEditing] = useState(false);
  if (isEditing) return <NameForm partner={partner} voice={voice} onClose={() => setEditing(false)} />;
  return (
    <div className="row voice-title">
      <h1>{voice.name}</h1>
      <IconButton
        icon="pencil"
        label={text('voice.rename')}
        isDisabled={isBusy(voice)}
        onPress={() => setEditing(true)}
      />
    </div>
  );
}

function NameForm({ partner, voice, onClose }: SectionProps & { onClose: () => void }) {
  const { timbre } = useSession();
  const [name, setName] = useState(voice.name);
  const rename = useAction(
    (given: string) =>
      unwrap(
        timbre.PUT('/api/voices/{partner}/{voice}/name', {
          params: { path: { partner, voice: voice.id } },
          body: { name: given },
        }),
      ),
    { done: text('voice.renamed') },
  );
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (name === voice.name || (await rename.run(name)).isDone) onClose();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') onClose();
  };
  return (
    <form className="stack voice-rename" onSubmit={(event) => void submit(event)} onKeyDown={onKeyDown}>
      <h1 className="visually-hidden">{voice.name}</h1>
      <TextField label={text('voice.name')} value={name} onChange={setName} error={rename.fields['name']} autoFocus />
      {rename.fields['name'] === undefined && <FailureNote failure={rename.failure} />}
      <div className="row">
        <Button kind="primary" type="submit" isPending={rename.isPending}>
          {text('action.save')}
        </Button>
        <Button onPress={onClose}>{text('action.cancel')}</Button>
      </div>
    </form>
  );
}
