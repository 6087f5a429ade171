import { useRef, useState } from 'react';
import { useSession } from '../../session/session.js';
import { download, type DownloadRequest, type Transfer } from './download.js';

/** A download of a page, and how far it has come. */
export interface Download {
  readonly current: (Transfer & Pick<DownloadRequest, 'fileName'>) | undefined;
  readonly failure: unknown;
  readonly start: (request: DownloadRequest) => Promise<void>;
  readonly cancel: () => void;
  /** Forgets the failure. */
  readonly clear: () => void;
}

/** Downloads one file at a time with the key of the session. */
export function useDownload(): Download {
  const { connection } = useSession();
  const [current, setCurrent] = useState<Download['current']>();
  const [failure, setFailure] = useState<unknown>();
  const abort = useRef<AbortController>(undefined);

  const start = async (request: DownloadRequest): Promise<void> => {
    abort.current?.abort();
    const controller = (abort.current = new AbortController());
    const { fileName } = request;
    setFailure(undefined);
    setCurrent({ fileName, receivedBytes: 0, totalBytes: undefined });
    const onProgress = (transfer: Transfer): void => {
      if (!controller.signal.aborted) setCurrent({ fileName, ...transfer });
    };
    try {
      await download(connection, request, { signal: controller.signal, onProgress });
    } catch (error) {
      if (!(error instanceof Error && error.name === 'AbortError')) setFailure(error);
    } finally {
      if (abort.current === controller) setCurrent(undefined);
    }
  };
  const cancel = (): void => {
    abort.current?.abort();
    setCurrent(undefined);
  };
  return { current, failure, start, cancel, clear: () => setFailure(undefined) };
}
