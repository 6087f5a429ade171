import { createHash } from 'node:crypto';
import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { ApiFailure, type Connection } from '#libs/client';
import { CliFailure } from '../failure.js';
import type { Patience } from './patience.js';

export interface DownloadOptions {
  readonly patience: Patience;
  readonly signal: AbortSignal;
  /** Whether a file that is there may be replaced. */
  readonly overwrite: boolean;
  readonly onBytes: (done: number, of: number | undefined) => void;
}

/** @throws CliFailure if the file is there and may not be replaced */
export async function checkTarget(file: string, overwrite: boolean): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isDirectory()) throw new CliFailure(`${file} is a folder`);
  if (found && !overwrite) throw new CliFailure(`${file} exists. Give --overwrite to replace it`);
}

/**
 * Downloads a file, readable by its owner only: it is somebody's voice. The bytes go to a file beside it, which takes
 * its name when all of them are there. If the connection is lost, or the command is interrupted and run again, the
 * download continues where it was, as long as the server has the same bytes (`ETag`).
 *
 * @returns the number of bytes
 * @throws ApiFailure if Timbre refuses it or cannot be reached
 */
export async function download(
  connection: Connection,
  route: string,
  file: string,
  options: DownloadOptions,
): Promise<number> {
  await checkTarget(file, options.overwrite);
  const url = new URL(connection.origin + route);
  let from: { readonly partial: string; readonly size: number; readonly etag: string } | undefined;
  let losses = 0;
  for (;;) {
    const headers = { 'X-Api-Key': connection.key, 'Accept-Encoding': 'identity', ...rangeOf(from) };
    const response = await options.patience.try('GET', () => get(url, headers, options.signal)).catch(asUnreachable);
    if (!response.ok) throw ApiFailure.of(response, await response.json().catch(() => undefined));
    const etag = response.headers.get('ETag') ?? '';
    const partial = from?.partial ?? partialOf(file, etag);
    const kept = await sizeOf(partial);
    if (from === undefined && kept > 0 && etag.startsWith('"')) {
      await response.body?.cancel();
      from = { partial, size: kept, etag };
      continue;
    }
    const start = response.status === 206 ? (from?.size ?? 0) : 0;
    const outcome = await save(response, partial, start, options);
    if (outcome.isComplete) {
      await rename(partial, file);
      return outcome.size;
    }
    losses += 1;
    if (losses >= 8) throw ApiFailure.unreachable(outcome.cause);
    from = etag.startsWith('"') ? { partial, size: outcome.size, etag } : undefined;
    if (from === undefined) await rm(partial, { force: true });
  }
}

/** A name by which a later run finds the bytes of the same version. */
function partialOf(file: string, etag: string): string {
  const version = createHash('sha256').update(etag).digest('hex').slice(0, 8);
  return path.join(path.dirname(file), `.${path.basename(file)}.${version}.part`);
}

const sizeOf = (file: string): Promise<number> =>
  stat(file).then(
    ({ size }) => size,
    () => 0,
  );

/** If the bytes have changed since, the answer is the whole file (RFC 9110, If-Range). */
function rangeOf(from: { readonly size: number; readonly etag: string } | undefined): Record<string, string> {
  return from === undefined ? {} : { Range: `bytes=${from.size}-`, 'If-Range': from.etag };
}

function asUnreachable(error: unknown): never {
  throw error instanceof TypeError ? ApiFailure.unreachable(error) : error;
}

/** Follows redirects to the operator's storage, whose signed URL needs no key: it is sent to Timbre only. */
async function get(url: URL, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
  const answer = await fetch(url, { headers, signal, redirect: 'manual' });
  const target = answer.headers.get('Location');
  if (answer.status !== 302 || target === null) return answer;
  const others = new Headers(headers);
  others.delete('X-Api-Key');
  return fetch(new URL(target, url), { headers: others, signal });
}

interface Saved {
  readonly isComplete: boolean;
  readonly size: number;
  readonly cause?: unknown;
}

/** Writes the bytes of an answer behind those that are there. Says how many there are when the connection is lost. */
async function save(response: Response, partial: string, start: number, options: DownloadOptions): Promise<Saved> {
  const length = response.headers.get('Content-Length');
  const total = length === null ? undefined : start + Number(length);
  const handle = await open(partial, start > 0 ? 'r+' : 'w', 0o600);
  let size = start;
  try {
    for await (const chunk of chunksOf(response, options.signal)) {
      await writeAll(handle, chunk, size);
      size += chunk.length;
      options.onBytes(size, total);
    }
    await handle.truncate(size);
    await handle.sync();
  } catch (error) {
    if (!(error instanceof LostConnection)) throw error;
    return { isComplete: false, size, cause: error.cause };
  } finally {
    await handle.close();
  }
  if (total !== undefined && size !== total) return { isComplete: false, size, cause: new Error('bytes are missing') };
  return { isComplete: true, size };
}

class LostConnection extends Error {}

async function* chunksOf(response: Response, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  if (response.body === null) return;
  try {
    for await (const chunk of response.body) yield chunk as Uint8Array;
  } catch (error) {
    if (signal.aborted) throw error;
    throw new LostConnection('The connection was lost', { cause: error });
  }
}

async function writeAll(handle: FileHandle, chunk: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < chunk.length;) {
    const { bytesWritten } = await handle.write(chunk, written, chunk.length - written, position + written);
    written += bytesWritten;
  }
}
