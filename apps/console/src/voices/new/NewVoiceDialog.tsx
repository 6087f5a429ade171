import { useEffect, useEffectEvent, useState, useSyncExternalStore } from 'react';
import { useLocation } from 'wouter';
import { usePlayerState } from '../../player/player.js';
import { text } from '../../texts/text.js';
import { Dialog } from '../../ui/Dialog.js';
import { Tabs } from '../../ui/Tabs.js';
import type { VoiceForm } from '../../voice/header/edit-form.js';
import { DiscardDialog } from '../record/DiscardDialog.js';
import { Recorder } from '../record/recorder.js';
import { newKey } from '../upload/upload.js';
import { voiceHref } from '../../app/addresses.js';
import { type Draft, emptyForm, withFiles } from './draft.js';
import { EmptyForm } from './EmptyForm.js';
import { ImportForm } from './ImportForm.js';
import { RecordForm } from './RecordForm.js';
import { Started } from './Started.js';
import { UploadForm } from './UploadForm.js';
import './new-voice.css';

export type NewVoiceTab = 'upload' | 'record' | 'empty' | 'import';

interface NewVoiceProps {
  readonly partner: string;
  readonly tab: NewVoiceTab;
  /** Files that were dropped on the page. */
  readonly files: readonly File[];
  readonly onClose: () => void;
}

/** Makes voices: of files, of the microphone, of nothing, or of an archive. */
export function NewVoiceDialog({ partner, tab: firstTab, files, onClose }: NewVoiceProps) {
  const [, go] = useLocation();
  const [tab, setTab] = useState(firstTab);
  const [drafts, setDrafts] = useState<readonly Draft[]>(() => withFiles([], files, newKey));
  const [form, setForm] = useState(emptyForm);
  const [started, setStarted] = useState<readonly string[]>([]);
  const [isLeaving, setLeaving] = useState(false);
  const { recorder, state } = useRecorder();
  const hasRecording = started.length === 0 && ['recording', 'paused', 'recorded'].includes(state.is);
  const close = (): void => (hasRecording ? setLeaving(true) : onClose());
  const change = (changes: Partial<VoiceForm>): void => setForm({ ...form, ...changes });
  const made = (id: string): void => {
    onClose();
    go(voiceHref(partner, id));
  };
  const shared = { partner, form, onForm: change, onStarted: setStarted };
  return (
    <Dialog wide isOpen title={text('voices.new')} onClose={close}>
      {started.length > 0 ? (
        <Started ids={started} onMade={made} onClose={onClose} />
      ) : (
        <Tabs<NewVoiceTab>
          label={text('newVoice.ways')}
          value={tab}
          onChange={setTab}
          tabs={[
            {
              id: 'upload',
              name: text('newVoice.tab.upload'),
              icon: 'upload',
              content: (
                <UploadForm
                  {...shared}
                  drafts={drafts}
                  onDrafts={setDrafts}
                  onFiles={(more) => setDrafts((before) => withFiles(before, more, newKey))}
                />
              ),
            },
            {
              id: 'record',
              name: text('newVoice.tab.record'),
              icon: 'mic',
              content: <RecordForm {...shared} recorder={recorder} state={state} />,
            },
            {
              id: 'empty',
              name: text('newVoice.tab.empty'),
              icon: 'plus',
              content: <EmptyForm partner={partner} form={form} onForm={change} onMade={made} />,
            },
            {
              id: 'import',
              name: text('newVoice.tab.import'),
              icon: 'archive',
              content: <ImportForm partner={partner} onStarted={setStarted} />,
            },
          ]}
        />
      )}
      <DiscardDialog isOpen={isLeaving} onClose={() => setLeaving(false)} onDiscard={onClose} />
    </Dialog>
  );
}

/** Keeps what was recorded while tabs change, and gives the microphone back when the dialog is closed. */
function useRecorder() {
  const [recorder] = useState(() => new Recorder());
  const { sound, stop } = usePlayerState();
  const state = useSyncExternalStore(recorder.subscribe, recorder.current);
  const leave = useEffectEvent(() => {
    if (state.is === 'recorded' && sound?.url === state.recorded.url) stop();
    recorder.discard();
  });
  useEffect(() => () => leave(), []);
  return { recorder, state };
}
