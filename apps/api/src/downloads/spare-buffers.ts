/** Buffers of one size, used again and again: fresh memory costs the system a page fault every 4 KiB. */
export class SpareBuffers {
  private readonly spare: Buffer[] = [];

  /**
   * @param bytes of each
   * @param most that are kept while nobody uses them
   */
  constructor(
    private readonly bytes: number,
    private readonly most: number,
  ) {}

  /** With whatever its last user left in it. */
  take(): Buffer {
    return this.spare.pop() ?? Buffer.allocUnsafeSlow(this.bytes);
  }

  /** Nobody may read or write it any more. One that is never given back is left to the garbage collector. */
  giveBack(buffer: Buffer): void {
    if (this.spare.length < this.most) this.spare.push(buffer);
  }
}
