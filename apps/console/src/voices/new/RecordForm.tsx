import { useState } from 'react';
import { text } from '../../texts/text.js';
import type { VoiceForm } from '../../voice/header/edit-form.js';
import { RecorderPanel } from '../record/RecorderPanel.js';
import type { Recorder, RecorderState } from '../record/recorder.js';
import type { Draft } from './draft.js';
import { RecordingForm } from './RecordingForm.js';

interface RecordFormProps {
  readonly partner: string;
  readonly recorder: Recorder;
  readonly state: RecorderState;
  readonly form: VoiceForm;
  readonly onForm: (changes: Partial<VoiceForm>) => void;
  readonly onStarted: (ids: readonly string[]) => void;
}

/** Makes a voice of what the microphone hears. */
export function RecordForm({ partner, recorder, state, form, onForm, onStarted }: RecordFormProps) {
  const [name, setName] = useState('');
  const drafts: readonly Draft[] =
    state.is === 'recorded' ? [{ id: 'recording', file: state.recorded.file, name }] : [];
  return (
    <div className="stack">
      <p className="muted">{text('record.lead')}</p>
      <RecorderPanel recorder={recorder} state={state} />
      {drafts.length > 0 && (
        <RecordingForm
          partner={partner}
          drafts={drafts}
          form={form}
          onForm={onForm}
          onDraft={(_, typed) => setName(typed)}
          onStarted={onStarted}
        />
      )}
    </div>
  );
}
