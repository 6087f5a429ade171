import { text } from '../../texts/text.js';
import { Button } from '../../ui/Button.js';
import { isOver } from './upload.js';
import { UploadItem } from './UploadItem.js';
import { useUploadQueue, useUploads } from './use-uploads.js';
import './upload.css';

/** The uploads of this tab, in a corner of every page. */
export function UploadTray() {
  const queue = useUploadQueue();
  const uploads = useUploads();
  const under = uploads.filter((upload) => !isOver(upload)).length;
  return (
    <section className="upload-tray" aria-labelledby="upload-tray-title">
      <div className="row spread">
        <h2 id="upload-tray-title">
          <span role="status">{text('upload.title', { under, count: uploads.length })}</span>
        </h2>
        {under === 0 && (
          <Button kind="quiet" onPress={() => queue.clear()}>
            {text('action.close')}
          </Button>
        )}
      </div>
      <ul className="stack upload-tray-list">
        {uploads.map((upload) => (
          <UploadItem key={upload.id} upload={upload} />
        ))}
      </ul>
    </section>
  );
}
