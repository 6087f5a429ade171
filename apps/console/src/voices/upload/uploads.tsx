import { lazy, Suspense, useEffect, useState, useSyncExternalStore, type ReactNode } from 'react';
import { ApiFailure, type Connection, type Schema } from '#libs/client';
import { useSession } from '../../session/session.js';
import { sendForm } from './send-form.js';
import { UnreadableFile } from './upload.js';
import { isUploading, type Send, UploadQueue } from './upload-queue.js';
import { UploadsContext } from './use-uploads.js';

export { useUploadQueue, useUploads } from './use-uploads.js';

const UploadTray = lazy(async () => ({ default: (await import('./UploadTray.js')).UploadTray }));

/** Keeps uploads going while pages change, shows them in a corner, and asks before the tab is left in the middle of one. */
export function UploadsProvider({ children }: { children: ReactNode }) {
  const { connection } = useSession();
  const [queue] = useState(() => new UploadQueue(sendTo(connection)));
  const uploads = useSyncExternalStore(queue.subscribe, queue.current);
  const wouldLose = isUploading(uploads);
  useEffect(() => () => queue.clear(), [queue]);
  useEffect(() => {
    if (!wouldLose) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [wouldLose]);
  return (
    <UploadsContext value={queue}>
      {children}
      {uploads.length > 0 && (
        <Suspense>
          <UploadTray />
        </Suspense>
      )}
    </UploadsContext>
  );
}

/** Returns how files are sent to a Timbre. */
function sendTo({ origin, key }: Connection): Send {
  return async ({ partner, kind, name, file, fields }, options) => {
    const form = new FormData();
    if (name !== '') form.set('name', name);
    for (const [field, value] of Object.entries(fields)) form.set(field, value);
    form.set('file', file);
    const url = `${origin}/api/voices/${encodeURIComponent(partner)}${kind === 'archive' ? '/import' : ''}`;
    try {
      return (await sendForm({ url, apiKey: key, form, ...options })) as Schema<'VoiceDetails'>;
    } catch (failure) {
      if (failure instanceof ApiFailure && failure.status === 0 && !(await isReadable(file)))
        throw new UnreadableFile();
      throw failure;
    }
  };
}

/** A file that was changed, moved or deleted after it was chosen can no longer be read. */
const isReadable = (file: File): Promise<boolean> =>
  file
    .slice(0, 1)
    .arrayBuffer()
    .then(
      () => true,
      () => false,
    );
