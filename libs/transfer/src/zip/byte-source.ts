import type { FileHandle } from 'node:fs/promises';

/** Bytes that can be read from any place. */
export interface ByteSource {
  readonly bytes: number;
  /** Reads all bytes of a range that lies within the source. @throws Error if it ends earlier */
  read(start: number, length: number): Promise<Buffer>;
}

/** Returns a file as a source. Its size is taken once: the file must not change. */
export async function fileSource(file: FileHandle): Promise<ByteSource> {
  const { size } = await file.stat();
  return {
    bytes: size,
    async read(start, length) {
      const buffer = Buffer.allocUnsafe(length);
      let done = 0;
      while (done < length) {
        const { bytesRead } = await file.read(buffer, done, length - done, start + done);
        if (bytesRead === 0) throw new Error(`The file ends before byte ${start + length}`);
        done += bytesRead;
      }
      return buffer;
    },
  };
}
