import { createHash } from 'node:crypto';
import { madeVoice, packed, withContent, type MadeVoice } from '../../libs/transfer/test/made-archive.js';
import { madeZip, type MadeEntry } from '../../libs/transfer/test/made-zip.js';
import { seededRandom } from '../../apps/runpod-emulator/test/random.js';

/** How an archive is changed. The last two keep all checksums right, so that what is behind these is reached. */
export const mutations = ['bytes', 'cut', 'splice', 'headers', 'audio', 'document'] as const;
export type Mutation = (typeof mutations)[number];

/** An archive that was changed at random. */
export interface Mutant {
  readonly seed: number;
  readonly mutation: Mutation;
  readonly archive: Buffer;
}

const voice = madeVoice({ sentences: 1, hasOriginal: true, ttsTypes: ['kyutai'], consents: [null] });
const whole = packed(voice);

/** Draws whole numbers below a bound. */
type Draw = (below: number) => number;

/** Returns the mutant of a seed. Consecutive seeds take the mutations in turn. */
export function mutantOf(seed: number): Mutant {
  const random = seededRandom(seed);
  const draw: Draw = (below) => Math.floor(random() * below);
  const mutation = mutations[seed % mutations.length] ?? 'bytes';
  return { seed, mutation, archive: mutate[mutation](draw) };
}

const mutate: Readonly<Record<Mutation, (draw: Draw) => Buffer>> = {
  bytes: (draw) => withBytes(whole, draw, 1 + draw(8)),
  cut: (draw) => {
    const [from, length] = [draw(whole.length), 1 + draw(2_000)];
    return Buffer.concat([whole.subarray(0, from), ...(draw(2) === 0 ? [] : [whole.subarray(from + length)])]);
  },
  splice: (draw) => {
    const [from, to, length] = [draw(whole.length), draw(whole.length), draw(5_000)];
    return Buffer.concat([whole.subarray(0, to), whole.subarray(from, from + length), whole.subarray(to)]);
  },
  headers: (draw) => {
    const entries = [{ name: 'voice.json', content: Buffer.from(JSON.stringify(voice.document)) }, ...voice.files];
    const chosen = draw(entries.length);
    return madeZip(
      entries.map((entry, at) => (at === chosen ? { ...entry, ...wrongHeader(draw) } : entry)),
      draw(3) === 0 ? { zip64: true } : {},
    );
  },
  audio: (draw) => {
    const entry = pick(draw, voice.files);
    return packed(withContent(voice, entry.name, withBytes(entry.content, draw, 1 + draw(3))));
  },
  document: (draw) => packed(withDocument(draw, voice)),
};

const pick = <T>(draw: Draw, items: readonly T[]): T => items[draw(items.length)] as T;

function withBytes(source: Buffer, draw: Draw, count: number): Buffer {
  const bytes = Buffer.from(source);
  for (let changed = 0; changed < count; changed += 1) bytes[draw(bytes.length)] = draw(256);
  return bytes;
}

function wrongHeader(draw: Draw): Partial<MadeEntry> {
  const number = pick(draw, [0, 1, 8, 9, 0xff, 0xffff, draw(0x10000)]);
  const large = pick(draw, [0, 1, 0xffffffff, 0x7fffffff, draw(2 ** 31)]);
  const wrong = pick(draw, [
    { flags: number },
    { method: number },
    { version: number },
    { mode: number },
    { crc32: large },
    { bytes: large },
    { stored: large, bytes: large },
    { extra: Buffer.alloc(draw(40), draw(256)) },
    { comment: Buffer.alloc(draw(40)) },
  ]);
  return pick(draw, [
    { fields: wrong },
    { central: wrong },
    { before: Buffer.alloc(draw(100)) },
    { zip64: true, fields: wrong },
  ]);
}

const strangeValues: readonly unknown[] = [
  ...[null, true, -1, 0, 0.1, 1e308, 2 ** 53, 999_999_999, '', ' ', 'x', 'x'.repeat(5_000), 'a\0b', '../x', '\u202e'],
  ...['2025-02-30T00:00:00Z', '9999-12-31T23:59:59Z', 'ä', [], {}, [1], { a: 1 }, '__proto__', '1e999'],
];

/** Replaces, removes or repeats one value anywhere in the document. */
function withDocument(draw: Draw, { document, files }: MadeVoice): MadeVoice {
  const copy = structuredClone(document);
  const places: { readonly holder: Record<string, unknown>; readonly key: string }[] = [];
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, child] of Object.entries(value)) {
      places.push({ holder: value as Record<string, unknown>, key });
      walk(child);
    }
  };
  walk(copy);
  const { holder, key } = pick(draw, places);
  const kind = draw(10);
  if (kind === 0) delete holder[key];
  else if (kind === 1) holder[`${key}_`] = holder[key];
  else if (kind === 2) holder[key] = pick(draw, places).holder;
  else holder[key] = pick(draw, strangeValues);
  return { document: isCyclic(copy) ? document : copy, files };
}

function isCyclic(value: unknown): boolean {
  try {
    JSON.stringify(value);
    return false;
  } catch {
    return true;
  }
}

/** Names a mutant in a report. */
export const nameOf = ({ seed, mutation, archive }: Mutant): string =>
  `seed ${seed} (${mutation}, ${createHash('sha256').update(archive).digest('hex').slice(0, 8)})`;
