import { createContext, use, useSyncExternalStore } from 'react';
import type { Upload } from './upload.js';
import type { UploadQueue } from './upload-queue.js';

export const UploadsContext = createContext<UploadQueue | undefined>(undefined);

/** Returns the queue of uploads. */
export function useUploadQueue(): UploadQueue {
  const queue = use(UploadsContext);
  if (!queue) throw new Error('There are no uploads here');
  return queue;
}

/** Returns all uploads of this tab. */
export function useUploads(): readonly Upload[] {
  const queue = useUploadQueue();
  return useSyncExternalStore(queue.subscribe, queue.current);
}
