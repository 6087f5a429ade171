import { open, type FileHandle } from 'node:fs/promises';

/** Reads a file from front to back in large pieces, so that inspecting many small parts takes few system calls. */
export class FileWindow {
  #loaded: Buffer = Buffer.alloc(0);
  #start = 0;

  private constructor(
    private readonly file: FileHandle,
    /** Size of the file in bytes. */
    readonly size: number,
    private readonly pieceBytes: number,
  ) {}

  /** @param pieceBytes minimum size of a read */
  static async open(path: string, pieceBytes: number): Promise<FileWindow> {
    const file = await open(path);
    return new FileWindow(file, (await file.stat()).size, pieceBytes);
  }

  /** Returns at least `count` bytes from `at` on, and any more that are loaded; fewer only at the end of the file. */
  async bytes(at: number, count: number): Promise<Buffer> {
    const end = Math.min(at + count, this.size);
    if (at < this.#start || end > this.#start + this.#loaded.length)
      await this.#load(at, Math.max(count, this.pieceBytes));
    return this.#loaded.subarray(at - this.#start);
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  async #load(at: number, count: number): Promise<void> {
    const { buffer, bytesRead } = await this.file.read(Buffer.alloc(count), 0, count, at);
    this.#loaded = buffer.subarray(0, bytesRead);
    this.#start = at;
  }
}
