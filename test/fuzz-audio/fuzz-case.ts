import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { AudioTools, MissingAudio } from '#libs/audio';
import { isAppError } from '#libs/errors';
import { seededRandom } from '../../apps/runpod-emulator/test/random.js';
import { decodeToAlign } from '../support/alignment.js';
import { containers, makeWhole, type Container } from '../fixtures/containers.js';
import { convert, type Converted } from '../support/convert.js';
import { damage, damages, type Damage, type Damaged } from './damage.js';
import { problemsOf, stretchesOf } from './judge.js';

/** The case of one seed. */
export interface FuzzCase {
  readonly seed: number;
  readonly container: Container;
  readonly damage: Damage;
}

/** Returns the case of a seed. Consecutive seeds cover all containers, with each kind of damage in turn. */
export function caseOf(seed: number): FuzzCase {
  const container = containers[seed % containers.length]!;
  return { seed, container, damage: damages[Math.floor(seed / containers.length) % damages.length]! };
}

/** A damaged recording and the source to compare it with. */
export interface Specimen extends Damaged {
  readonly file: string;
  readonly folder: string;
  readonly source: Float32Array;
}

export type Outcome = 'refused' | 'converted' | 'warned';

export interface Verdict {
  readonly outcome: Outcome;
  /** Empty if everything is as promised. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  readonly missing: readonly MissingAudio[];
}

/** Makes damaged recordings and checks their conversions. */
export class Fuzzing {
  private readonly sources = new Map<string, Promise<Float32Array>>();

  constructor(
    private readonly tools: AudioTools,
    private readonly folder: string,
  ) {}

  /** Makes the file of a case in its own folder. */
  async specimen({ seed, container, damage: kind }: FuzzCase): Promise<Specimen> {
    const [first, second] = await Promise.all([this.whole(container, 'first'), this.whole(container, 'second')]);
    const random = seededRandom(seed);
    const damaged = damage(kind, await readFile(first.file), await readFile(second.file), random);
    const folder = path.join(this.folder, `case-${seed}`);
    await mkdir(folder, { recursive: true });
    const file = path.join(folder, `recording.${container.extension}`);
    await writeFile(file, damaged.bytes);
    const source = kind === 'concatenation' ? joined(await first.source, await second.source) : await first.source;
    return { ...damaged, file, folder, source };
  }

  /** Converts the recording of a case in sections and in one piece, and checks the results. */
  async judge(fuzzCase: FuzzCase, specimen: Specimen): Promise<Verdict> {
    const { container } = fuzzCase;
    const base = { tools: this.tools, inputPath: specimen.file, workFolder: specimen.folder };
    const converted = await refusable(() => convert({ ...base, sectionSeconds: container.isDivisible ? 6 : null }));
    if (typeof converted === 'string') return { outcome: 'refused', problems: [], warnings: [converted], missing: [] };
    const out = path.join(specimen.folder, 'original.opus');
    await writeFile(out, converted.ogg);
    const audio = await decodeToAlign(this.tools, out);
    const evidence = {
      ...{ container, damage: fuzzCase.damage, removed: specimen.removed, source: specimen.source },
      ...{ statedSeconds: converted.facts.statedSeconds, decodedSeconds: converted.seconds },
      ...{ missing: converted.missing, warnings: converted.warnings },
    };
    const problems = problemsOf(evidence, stretchesOf(audio, converted.missing));
    if (container.isDivisible)
      problems.push(...differences(converted, await convert({ ...base, sectionSeconds: null })));
    return {
      outcome: converted.warnings.length > 0 ? 'warned' : 'converted',
      problems,
      missing: converted.missing,
      warnings: converted.warnings.map(({ code, message }) => `${code}: ${message}`),
    };
  }

  async clear({ folder }: Specimen): Promise<void> {
    await rm(folder, { recursive: true, force: true });
  }

  private readonly making = new Map<string, Promise<string>>();

  private async whole(
    container: Container,
    speaker: 'first' | 'second',
  ): Promise<{ readonly file: string; readonly source: Promise<Float32Array> }> {
    const key = `${container.name} ${speaker}`;
    const making = this.making.get(key) ?? makeWhole(this.tools, this.folder, container, speaker);
    this.making.set(key, making);
    const file = await making;
    const source = this.sources.get(key) ?? decodeToAlign(this.tools, file);
    this.sources.set(key, source);
    return { file, source };
  }
}

/** Returns the result of a conversion, or the error message if the recording is refused. */
async function refusable(convertIt: () => Promise<Converted>): Promise<Converted | string> {
  try {
    return await convertIt();
  } catch (error) {
    if (isAppError(error, 'unusable_audio')) return error.message;
    throw error;
  }
}

/** Checks that the number of sections does not change the result. */
function differences(inSections: Converted, inOnePiece: Converted): string[] {
  const told = (one: Converted): string =>
    JSON.stringify({ samples: one.totalSamples, missing: one.missing, warnings: one.warnings });
  if (told(inSections) === told(inOnePiece)) return [];
  return [`in sections ${told(inSections)}, in one piece ${told(inOnePiece)}`];
}

function joined(first: Float32Array, second: Float32Array): Float32Array {
  const both = new Float32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
