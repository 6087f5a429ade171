import { ApiFailure, type Connection } from '#libs/client';

export interface Transfer {
  readonly receivedBytes: number;
  /** Undefined if the server has not said. */
  readonly totalBytes: number | undefined;
}

export interface DownloadRequest {
  /** For example `/api/voices/demo/1/export`. */
  readonly path: string;
  readonly fileName: string;
  /** Asks for a file first and writes to it while data arrives, where the browser can. Otherwise the file is made in memory. */
  readonly isLarge?: boolean;
}

interface Watch {
  readonly signal: AbortSignal;
  readonly onProgress: (transfer: Transfer) => void;
}

/** The File System Access API, which not every browser has. */
interface SaveFile {
  readonly createWritable: () => Promise<WritableStream<Uint8Array>>;
  readonly remove?: () => Promise<void>;
}
type SaveFilePicker = (options: { readonly suggestedName: string }) => Promise<SaveFile>;

/**
 * Downloads a file that needs the key. The key is in a header, because a URL would end up in histories and logs.
 *
 * Call it while the press of a button is handled: browsers open their file dialog only then.
 *
 * @throws ApiFailure if Timbre refuses, an AbortError if somebody cancels, and a TypeError if the connection breaks. Nothing
 *   is kept of a file that is not complete
 */
export async function download(
  { origin, key }: Connection,
  { path, fileName, isLarge = false }: DownloadRequest,
  { signal, onProgress }: Watch,
): Promise<void> {
  const file = isLarge ? await savePicker()?.({ suggestedName: fileName }) : undefined;
  try {
    const response = await fetch(`${origin}${path}`, { headers: { 'X-Api-Key': key }, signal });
    if (!response.ok || !response.body) {
      throw ApiFailure.of(response, await response.json().catch(() => undefined));
    }
    const length = response.headers.get('Content-Length');
    const body = response.body.pipeThrough(counting(length === null ? undefined : Number(length), onProgress));
    if (file) await body.pipeTo(await file.createWritable(), { signal });
    else saveBlob(await new Response(body).blob(), fileName);
  } catch (error) {
    await file?.remove?.().catch(() => undefined);
    throw error;
  }
}

function savePicker(): SaveFilePicker | undefined {
  const { showSaveFilePicker } = window as { showSaveFilePicker?: SaveFilePicker };
  return showSaveFilePicker && ((options) => showSaveFilePicker.call(window, options));
}

/** Reports at most ten times a second, and the end. */
function counting(totalBytes: number | undefined, onProgress: (transfer: Transfer) => void) {
  let [receivedBytes, reportedAt] = [0, 0];
  return new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform: (chunk, controller) => {
      receivedBytes += chunk.byteLength;
      controller.enqueue(chunk);
      if (performance.now() - reportedAt < 100) return;
      reportedAt = performance.now();
      onProgress({ receivedBytes, totalBytes });
    },
    flush: () => onProgress({ receivedBytes, totalBytes }),
  });
}

function saveBlob(blob: Blob, fileName: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000); // the browser may still be reading
}
