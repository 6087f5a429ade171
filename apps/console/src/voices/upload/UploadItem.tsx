import { useEffect, useId, useState } from 'react';
import { Link } from 'wouter';
import { ApiFailure } from '#libs/client';
import { voiceHref } from '../../app/addresses.js';
import { bytes, clock } from '../../texts/format.js';
import { text } from '../../texts/text.js';
import { Button, IconButton } from '../../ui/Button.js';
import { TextField } from '../../ui/fields.js';
import { Icon } from '../../ui/Icon.js';
import { Note, sentenceOf } from '../../ui/notes.js';
import { ProgressBar } from '../../ui/progress.js';
import { mayHaveArrived } from './retry-rules.js';
import { secondsLeft } from './transfer-speed.js';
import { UnreadableFile, type Upload } from './upload.js';
import { useUploadQueue } from './use-uploads.js';
import './upload.css';

/** One file on its way: how far it is, what went wrong, and what can be done. */
export function UploadItem({ upload }: { upload: Upload }) {
  const queue = useUploadQueue();
  const titleId = useId();
  const { id, name, file, state } = upload;
  const title = name === '' ? file.name : name;
  return (
    <li className="upload" aria-labelledby={titleId}>
      <div className="row spread upload-head">
        <Icon name={upload.kind === 'archive' ? 'archive' : 'fileAudio'} />
        <div className="grow">
          <div id={titleId} className="ellipsis upload-name">
            <bdi>{title}</bdi>
          </div>
          <div className="muted upload-words">{wordsOf(upload)}</div>
        </div>
        {state.is === 'done' && (
          <Link
            className="button button-plain"
            href={voiceHref(upload.partner, state.voice.id)}
            onClick={() => queue.remove(id)}
          >
            {text('upload.open')}
          </Link>
        )}
        {state.is !== 'checking' && (
          <IconButton
            icon="x"
            label={text(state.is === 'done' || state.is === 'failed' ? 'upload.remove' : 'upload.cancel', {
              name: title,
            })}
            onPress={() => queue.remove(id)}
          />
        )}
      </div>
      {state.is === 'sending' && (
        <ProgressBar label={text('upload.progress', { name: title })} value={state.loaded / (file.size || 1)} bare />
      )}
      {state.is === 'checking' && (
        <ProgressBar label={text('upload.checking', { name: title })} value={undefined} bare />
      )}
      {state.is === 'pausing' && <Pausing upload={upload} failure={state.failure} untilMs={state.untilMs} />}
      {state.is === 'failed' && <Failed upload={upload} failure={state.failure} />}
    </li>
  );
}

function wordsOf({ file, state }: Upload): string {
  const size = bytes(file.size);
  if (state.is !== 'sending') return `${text(`upload.state.${state.is}`)} · ${size}`;
  const { loaded, bytesPerSecond } = state;
  const left = secondsLeft(loaded, file.size, bytesPerSecond);
  const words = [text('upload.sent', { sent: bytes(Math.min(loaded, file.size)), size })];
  if (bytesPerSecond !== undefined) words.push(text('upload.speed', { speed: bytes(Math.round(bytesPerSecond)) }));
  if (left !== undefined) words.push(text('upload.left', { time: clock(Math.ceil(left)) }));
  return words.join(' · ');
}

const reasonOf = (failure: unknown): string =>
  failure instanceof UnreadableFile ? text('upload.unreadable') : sentenceOf(failure);

function Pausing({ upload, failure, untilMs }: { upload: Upload; failure: unknown; untilMs: number }) {
  const queue = useUploadQueue();
  const seconds = useSecondsUntil(untilMs);
  const isLost = failure instanceof ApiFailure && failure.status === 0;
  return (
    <Note tone="fair" action={<Button onPress={() => queue.retry(upload.id)}>{text('upload.retryNow')}</Button>}>
      {isLost ? text('upload.lost') : reasonOf(failure)}{' '}
      <span aria-hidden="true">{text('upload.again', { seconds })}</span>
    </Note>
  );
}

function useSecondsUntil(untilMs: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [untilMs]);
  return Math.max(0, Math.ceil((untilMs - now) / 1000));
}

/** Lets the name be corrected if it was refused. The file need not be chosen again. */
function Failed({ upload, failure }: { upload: Upload; failure: unknown }) {
  const queue = useUploadQueue();
  const [name, setName] = useState(upload.name);
  const isLost = mayHaveArrived(failure);
  const mayRename = failure instanceof ApiFailure && (failure.status === 409 || 'name' in failure.fields) && !isLost;
  return (
    <>
      <Note
        tone="poor"
        action={
          !(failure instanceof UnreadableFile) && (
            <Button icon="refreshCw" onPress={() => queue.retry(upload.id, mayRename ? name.trim() : undefined)}>
              {text('action.retry')}
            </Button>
          )
        }
      >
        {reasonOf(failure)} {isLost && text('upload.safe')}
      </Note>
      {mayRename && <TextField label={text('newVoice.name')} value={name} onChange={setName} />}
    </>
  );
}
