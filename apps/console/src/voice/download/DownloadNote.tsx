import { ApiFailure } from '#libs/client';
import { bytes } from '../../texts/format.js';
import { text } from '../../texts/text.js';
import { Button } from '../../ui/Button.js';
import { FailureNote, Note } from '../../ui/notes.js';
import { ProgressBar } from '../../ui/progress.js';
import type { Download } from './use-download.js';
import './download.css';

/** How far a download has come, or why it failed. Nothing is shown otherwise. */
export function DownloadNote({ download }: { download: Download }) {
  const { current, failure, cancel, clear } = download;
  if (failure instanceof ApiFailure) return <FailureNote failure={failure} />;
  if (failure !== undefined) {
    const close = <Button onPress={clear}>{text('action.close')}</Button>;
    return (
      <Note tone="poor" action={close}>
        {text('voice.download.broken')}
      </Note>
    );
  }
  if (!current) return null;
  const { fileName, receivedBytes, totalBytes } = current;
  const name = fileName;
  return (
    <div className="row download">
      <div className="grow">
        <ProgressBar
          label={
            totalBytes === undefined
              ? text('voice.download.starting', { name })
              : text('voice.download.progress', { name, done: bytes(receivedBytes), of: bytes(totalBytes) })
          }
          value={totalBytes === undefined || totalBytes === 0 ? undefined : receivedBytes / totalBytes}
        />
      </div>
      <Button icon="x" onPress={cancel}>
        {text('action.cancel')}
      </Button>
    </div>
  );
}
