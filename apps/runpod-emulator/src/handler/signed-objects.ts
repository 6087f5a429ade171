import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

/** Storage that is out of reach is waited for this long: the work of a GPU is not thrown away for a restart. */
const PATIENCE_MS = 60_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4_000;

export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * Downloads an object by its signed URL and checks it. Network failures and 5xx are tried again for a minute.
 *
 * @param what names the object in errors, which never hold its URL
 * @throws Error when it cannot be had, or is another than promised
 */
export async function getObject(url: string, sha256: string, what: string, signal: AbortSignal): Promise<Buffer> {
  const bytes = await persistently(signal, async () => {
    const response = await fetch(url, { signal });
    const body = Buffer.from(await response.arrayBuffer());
    if (!response.ok)
      throw new TransferError(`${what} could not be downloaded: HTTP ${response.status}`, response.status);
    return body;
  });
  if (sha256Hex(bytes) !== sha256) throw new Error(`${what} has another SHA-256 than the input says`);
  return bytes;
}

/** Uploads an object by its signed URL. May be done twice: the object becomes the same. */
export async function putObject(
  url: string,
  contentType: string,
  bytes: Buffer,
  what: string,
  signal: AbortSignal,
): Promise<void> {
  await persistently(signal, async () => {
    const headers = { 'content-type': contentType };
    const response = await fetch(url, { method: 'PUT', headers, body: new Uint8Array(bytes), signal });
    await response.body?.cancel();
    if (!response.ok)
      throw new TransferError(`${what} could not be uploaded: HTTP ${response.status}`, response.status);
  });
}

class TransferError extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

async function persistently<T>(signal: AbortSignal, transfer: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await transfer();
    } catch (error) {
      signal.throwIfAborted();
      const final = error instanceof TransferError && error.status < 500;
      if (final || Date.now() + pauseMs > deadline) throw error;
      await pause(pauseMs, undefined, { signal });
    }
  }
}
