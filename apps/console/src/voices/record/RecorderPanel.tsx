import { useEffect, useState } from 'react';
import { usePlayerState } from '../../player/player.js';
import { clock } from '../../texts/format.js';
import { text } from '../../texts/text.js';
import { Button } from '../../ui/Button.js';
import { Select } from '../../ui/fields.js';
import { Note } from '../../ui/notes.js';
import { LevelMeter } from './LevelMeter.js';
import { DiscardDialog } from './DiscardDialog.js';
import type { Recorded, Recorder, RecorderState } from './recorder.js';
import './record.css';

interface PanelProps {
  readonly recorder: Recorder;
  readonly state: RecorderState;
}

/** Records from the microphone: asks for it, shows that it hears something, and plays what it has heard. */
export function RecorderPanel({ recorder, state }: PanelProps) {
  switch (state.is) {
    case 'recording':
    case 'paused':
      return <Recording recorder={recorder} isPaused={state.is === 'paused'} />;
    case 'recorded':
      return <Listening recorder={recorder} recorded={state.recorded} />;
    case 'idle':
    case 'asking':
    case 'refused':
      return <Ready recorder={recorder} state={state} />;
  }
}

const anyDevice = 'default';

function Ready({ recorder, state }: PanelProps) {
  const devices = useMicrophones();
  const [device, setDevice] = useState(anyDevice);
  return (
    <div className="record">
      {state.is === 'refused' ? (
        <Note tone="poor">{text(`record.refused.${state.refusal}`)}</Note>
      ) : (
        <p className="muted">{text(state.is === 'asking' ? 'record.asking' : 'record.hint')}</p>
      )}
      {devices.length > 1 && (
        <Select
          label={text('record.device')}
          options={[{ id: anyDevice, name: text('record.anyDevice') }, ...devices]}
          value={device}
          onChange={setDevice}
        />
      )}
      <Button
        kind="primary"
        icon="mic"
        isPending={state.is === 'asking'}
        onPress={() => void recorder.start(device === anyDevice ? undefined : device)}
      >
        {text(state.is === 'refused' ? 'record.retry' : 'record.start')}
      </Button>
    </div>
  );
}

/** Returns the microphones by name. Browsers tell their names only after one was allowed. */
function useMicrophones(): readonly { readonly id: string; readonly name: string }[] {
  const [microphones, setMicrophones] = useState<readonly { id: string; name: string }[]>([]);
  useEffect(() => {
    if (!('mediaDevices' in navigator)) return;
    const look = async (): Promise<void> => {
      const found = await navigator.mediaDevices.enumerateDevices();
      setMicrophones(
        found
          .filter(({ kind, label, deviceId }) => kind === 'audioinput' && label !== '' && deviceId !== anyDevice)
          .map(({ deviceId, label }) => ({ id: deviceId, name: label })),
      );
    };
    const changed = (): void => void look().catch(() => setMicrophones([]));
    changed();
    navigator.mediaDevices.addEventListener('devicechange', changed);
    return () => navigator.mediaDevices.removeEventListener('devicechange', changed);
  }, []);
  return microphones;
}

function Recording({ recorder, isPaused }: { recorder: Recorder; isPaused: boolean }) {
  return (
    <div className="record">
      <div className="row record-state">
        <span className={isPaused ? 'record-dot' : 'record-dot record-dot-on'} aria-hidden="true" />
        <span role="status">{text(isPaused ? 'record.paused' : 'record.recording')}</span>
        <Clock recorder={recorder} />
      </div>
      <LevelMeter recorder={recorder} />
      <div className="row">
        <Button icon={isPaused ? 'mic' : 'pause'} onPress={() => (isPaused ? recorder.resume() : recorder.pause())}>
          {text(isPaused ? 'record.resume' : 'record.pause')}
        </Button>
        <Button kind="primary" icon="square" onPress={() => recorder.stop()}>
          {text('record.stop')}
        </Button>
      </div>
    </div>
  );
}

function Clock({ recorder }: { recorder: Recorder }) {
  const [seconds, setSeconds] = useState(recorder.seconds);
  useEffect(() => {
    const timer = setInterval(() => setSeconds(recorder.seconds()), 200);
    return () => clearInterval(timer);
  }, [recorder]);
  return (
    <span className="record-clock" role="timer">
      {clock(seconds)}
    </span>
  );
}

function Listening({ recorder, recorded: { url, seconds } }: { recorder: Recorder; recorded: Recorded }) {
  const { sound, isPlaying, toggle, stop } = usePlayerState();
  const [isLeaving, setLeaving] = useState(false);
  const isHeard = isPlaying && sound?.id === url;
  const discard = (): void => {
    if (sound?.id === url) stop();
    recorder.discard();
  };
  return (
    <div className="record record-done">
      <div className="row">
        <Button icon={isHeard ? 'pause' : 'play'} onPress={() => toggle({ id: url, name: text('record.sound'), url })}>
          {text(isHeard ? 'record.pauseListening' : 'record.listen')}
        </Button>
        <span className="record-clock">{clock(seconds)}</span>
        <Button kind="quiet" icon="trash" onPress={() => setLeaving(true)}>
          {text('record.again')}
        </Button>
      </div>
      {seconds < shortSeconds && <Note tone="fair">{text('record.short')}</Note>}
      <DiscardDialog isOpen={isLeaving} onClose={() => setLeaving(false)} onDiscard={discard} />
    </div>
  );
}

/** Below this length a recording gives one sample at most. */
const shortSeconds = 10;
