import { text } from '../../texts/text.js';
import { FileDrop } from '../../ui/FileDrop.js';
import type { VoiceForm } from '../../voice/header/edit-form.js';
import type { Draft } from './draft.js';
import { RecordingForm } from './RecordingForm.js';

interface UploadFormProps {
  readonly partner: string;
  readonly drafts: readonly Draft[];
  readonly form: VoiceForm;
  readonly onForm: (changes: Partial<VoiceForm>) => void;
  readonly onDrafts: (drafts: readonly Draft[]) => void;
  readonly onFiles: (files: readonly File[]) => void;
  readonly onStarted: (ids: readonly string[]) => void;
}

/** Makes voices of files. */
export function UploadForm({ partner, drafts, form, onForm, onDrafts, onFiles, onStarted }: UploadFormProps) {
  return (
    <div className="stack">
      <FileDrop
        icon="fileAudio"
        title={text(drafts.length === 0 ? 'newVoice.drop' : 'newVoice.dropMore')}
        hint={text('newVoice.dropHint')}
        action={text(drafts.length === 0 ? 'newVoice.choose' : 'newVoice.chooseMore')}
        accept={['audio/*', 'video/*', '.flac', '.opus', '.wav', '.m4a', '.ogg']}
        isMultiple
        isSmall={drafts.length > 0}
        onFiles={onFiles}
      />
      {drafts.length > 0 && (
        <RecordingForm
          partner={partner}
          drafts={drafts}
          form={form}
          onForm={onForm}
          onDraft={(id, name) => onDrafts(drafts.map((draft) => (draft.id === id ? { ...draft, name } : draft)))}
          onRemove={(id) => onDrafts(drafts.filter((draft) => draft.id !== id))}
          onStarted={onStarted}
        />
      )}
    </div>
  );
}
