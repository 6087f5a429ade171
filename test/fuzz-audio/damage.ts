/** The kinds of damage. */
export const damages = ['bit flips', 'cut off', 'cut out', 'zeroed range', 'concatenation'] as const;
export type Damage = (typeof damages)[number];

/** A damaged file and its damage. */
export interface Damaged {
  readonly bytes: Buffer;
  /** Describes the damage to a reader. */
  readonly what: string;
  /** The removed bytes as a range of the whole file, if any. */
  readonly removed: { readonly from: number; readonly part: number };
}

const nothingRemoved = { from: 1, part: 0 } as const;

/** The size of the region with headers. In a third of the cases all flips are in it. */
const headerBytes = 512;

/**
 * Damages a file.
 *
 * @param other the file that is appended in a concatenation
 * @param random returns numbers in [0, 1)
 */
export function damage(kind: Damage, whole: Buffer, other: Buffer, random: () => number): Damaged {
  const between = (from: number, to: number): number => Math.floor(from + random() * (to - from));
  switch (kind) {
    case 'bit flips': {
      const bytes = Buffer.from(whole);
      const count = between(1, 40);
      const end = random() < 1 / 3 ? Math.min(headerBytes, bytes.length) : bytes.length;
      for (let flip = 0; flip < count; flip += 1) {
        const at = between(0, end);
        bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << between(0, 8)), at);
      }
      return { bytes, what: `${count} bits flipped in the first ${end} bytes`, removed: nothingRemoved };
    }
    case 'cut off': {
      const end = between(whole.length * 0.02, whole.length);
      const removed = { from: end / whole.length, part: 1 - end / whole.length };
      return { bytes: whole.subarray(0, end), what: `cut off at ${end} of ${whole.length} bytes`, removed };
    }
    case 'cut out': {
      const from = random() < 1 / 4 ? 0 : between(0, whole.length);
      const count = between(1, Math.min(whole.length - from, whole.length / 3));
      const bytes = Buffer.concat([whole.subarray(0, from), whole.subarray(from + count)]);
      const removed = { from: from / whole.length, part: count / whole.length };
      return { bytes, what: `${count} bytes cut out at ${from} of ${whole.length}`, removed };
    }
    case 'zeroed range': {
      const from = between(0, whole.length);
      const count = between(1, Math.min(whole.length - from, whole.length / 2));
      const bytes = Buffer.from(whole).fill(0, from, from + count);
      return { bytes, what: `${count} zeroes at ${from} of ${whole.length} bytes`, removed: nothingRemoved };
    }
    case 'concatenation':
      return { bytes: Buffer.concat([whole, other]), what: 'another recording appended', removed: nothingRemoved };
  }
}
