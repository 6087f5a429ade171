import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

/** How long to retry if the storage is unreachable, so that a restart of it does not waste the work of a GPU. */
const retryForMs = 60_000;
const firstPauseMs = 250;
const maxPauseMs = 4_000;

/** The storage answered with a failure. */
export class TransferError extends Error {
  constructor(
    message: string,
    /** HTTP status of the response. */
    readonly status: number,
  ) {
    super(message);
  }

  /** True for a 4xx: a retry would give the same. */
  get isFinal(): boolean {
    return this.status < 500;
  }
}

/** A downloaded object is not the one that the input describes. */
export class WrongBytesError extends Error {}

export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * Downloads an object by its signed URL and verifies it. Retries network failures and 5xx for a minute.
 *
 * @param what names the object in errors, which never contain its URL
 * @throws TransferError if the storage refuses it; WrongBytesError if it has another hash
 */
export async function getObject(url: string, sha256: string, what: string, signal: AbortSignal): Promise<Buffer> {
  const bytes = await withRetries(signal, async () => {
    const response = await fetch(url, { signal });
    const body = Buffer.from(await response.arrayBuffer());
    if (!response.ok)
      throw new TransferError(`${what} could not be downloaded: HTTP ${response.status}`, response.status);
    return body;
  });
  if (sha256Hex(bytes) !== sha256) throw new WrongBytesError(`${what} has another SHA-256 than the input says`);
  return bytes;
}

/** Uploads an object by its signed URL. Retries as {@link getObject}. May run twice: the object is the same. */
export async function putObject(
  url: string,
  contentType: string,
  bytes: Buffer,
  what: string,
  signal: AbortSignal,
): Promise<void> {
  await withRetries(signal, async () => {
    const headers = { 'content-type': contentType };
    const response = await fetch(url, { method: 'PUT', headers, body: new Uint8Array(bytes), signal });
    await response.body?.cancel();
    if (!response.ok)
      throw new TransferError(`${what} could not be uploaded: HTTP ${response.status}`, response.status);
  });
}

async function withRetries<T>(signal: AbortSignal, transfer: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + retryForMs;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, maxPauseMs)) {
    try {
      return await transfer();
    } catch (error) {
      signal.throwIfAborted();
      const final = error instanceof TransferError && error.isFinal;
      if (final || Date.now() + pauseMs > deadline) throw error;
      await pause(pauseMs, undefined, { signal });
    }
  }
}
