/** Number of possible levels of a track: a byte. */
const levels = 256;

/** Counts levels of a track, so that quantiles need no sorting. */
export class LevelHistogram {
  readonly #counts = new Uint32Array(levels);
  #total = 0;

  /** Number of levels that were added. */
  get total(): number {
    return this.#total;
  }

  /** Removes all levels. The best of a thousand windows are found in half the time if each reuses one histogram. */
  clear(): void {
    this.#counts.fill(0);
    this.#total = 0;
  }

  add(level: number): void {
    this.#counts[level] = (this.#counts[level] ?? 0) + 1;
    this.#total += 1;
  }

  /** Removes a level that was added. */
  remove(level: number): void {
    this.#counts[level] = (this.#counts[level] ?? 0) - 1;
    this.#total -= 1;
  }

  /**
   * Returns the level which this share of frames exceeds. Louder levels are smaller bytes.
   *
   * @param share from 0 to 1; 0.05 is the level of the loudest twentieth
   * @returns 255, silence, if nothing was added
   */
  exceededBy(share: number): number {
    let louder = 0;
    for (let level = 0; level < levels; level += 1) {
      louder += this.#counts[level] ?? 0;
      if (louder > share * this.#total) return level;
    }
    return levels - 1;
  }
}
