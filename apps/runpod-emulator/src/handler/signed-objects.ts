import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

const ATTEMPTS = 3;
const RETRY_PAUSE_MS = 250;

export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * Downloads an object by its signed URL and checks it. Network failures and 5xx are tried three times.
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
  for (let attempt = 1; ; attempt++) {
    try {
      return await transfer();
    } catch (error) {
      signal.throwIfAborted();
      const final = error instanceof TransferError && error.status < 500;
      if (final || attempt === ATTEMPTS) throw error;
      await pause(RETRY_PAUSE_MS * attempt, undefined, { signal });
    }
  }
}
