import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { CliFailure } from '../failure.js';

/** A form with one file. */
export interface FileForm {
  readonly file: string;
  readonly fields: Readonly<Record<string, string | undefined>>;
}

/** A form as the body of a request. Its length is known before its first byte is read. */
export interface MultipartBody {
  readonly contentType: string;
  readonly length: number;
  readonly fileLength: number;
  /** Reads the file. May be called again, for another attempt. */
  chunks(): AsyncGenerator<Buffer>;
}

/** Escapes a name as browsers do (HTML, multipart/form-data encoding algorithm). */
const escaped = (name: string): string => name.replaceAll('\n', '%0A').replaceAll('\r', '%0D').replaceAll('"', '%22');

async function sizeOf(file: string): Promise<number> {
  try {
    const handle = await open(file);
    try {
      const found = await handle.stat();
      if (found.isFile()) return found.size;
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new CliFailure(`${file} cannot be read: ${(error as Error).message}`);
  }
  throw new CliFailure(`${file} is not a file`);
}

/**
 * Prepares the upload of a file.
 *
 * @throws CliFailure if it cannot be read
 */
export async function multipartBody({ file, fields }: FileForm): Promise<MultipartBody> {
  const size = await sizeOf(file);
  const boundary = `timbre-${randomBytes(16).toString('hex')}`;
  const part = (name: string, more: string): string =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n`;
  const given = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const texts = given.map(([name, value]) => `${part(name, '')}${value}\r\n`).join('');
  const named = `; filename="${escaped(path.basename(file))}"\r\nContent-Type: application/octet-stream`;
  const head = Buffer.from(texts + part('file', named));
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    length: head.length + size + tail.length,
    fileLength: size,
    async *chunks() {
      yield head;
      // Without a byte that was added since: the length is already sent.
      if (size > 0) {
        let read = 0;
        for await (const chunk of createReadStream(file, { end: size - 1, highWaterMark: 256 * 1024 })) {
          read += (chunk as Buffer).length;
          yield chunk as Buffer;
        }
        if (read < size) throw new CliFailure(`${file} became shorter while it was read`);
      }
      yield tail;
    },
  };
}
