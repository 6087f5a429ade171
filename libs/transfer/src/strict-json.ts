/** Returns a value that follows the rule, or throws a {@link Mismatch}. @param at where it is, like `samples[2].duration` */
export type Rule<T> = (value: unknown, at: string) => T;

/** The values that a rule accepts. */
export type Ruled<R> = R extends Rule<infer T> ? T : never;

/** A value that breaks a rule. Its message is a sentence for people, which names the value by its place. */
export class Mismatch extends Error {
  constructor(at: string, problem: string) {
    super(`${at} ${problem}`);
    this.name = 'Mismatch';
  }
}

interface Lengths {
  readonly min?: number;
  /** In Unicode code points. */
  readonly max: number;
}

/**
 * Text without lone surrogates, which UTF-8 cannot express, and without NUL, which Postgres cannot store
 * (postgresql.org/docs/current/datatype-character.html).
 */
export function text({ min = 0, max }: Lengths): Rule<string> {
  return (value, at) => {
    // A code point has at most two units: a text that is far too long is not counted.
    if (typeof value !== 'string' || value.length > max * 2 || !isBetween([...value].length, min, max)) {
      throw new Mismatch(at, `must be text of ${min} to ${max} characters`);
    }
    if (value.includes('\0') || /\p{Cs}/u.test(value)) throw new Mismatch(at, 'contains invalid characters');
    return value;
  };
}

/** Text that a test accepts. @param rule completes "… must be" */
export function textThat(lengths: Lengths, rule: string, accepts: (text: string) => boolean): Rule<string> {
  const read = text(lengths);
  return (value, at) => {
    const found = read(value, at);
    if (!accepts(found)) throw new Mismatch(at, `must be ${rule}`);
    return found;
  };
}

interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** A number within bounds. `1e999` is none: JSON.parse makes Infinity of it. */
export function number({ min, max }: Bounds): Rule<number> {
  return (value, at) => {
    if (typeof value === 'number' && isBetween(value, min, max)) return value;
    throw new Mismatch(at, `must be a number from ${min} to ${max}`);
  };
}

export function wholeNumber({ min, max }: Bounds): Rule<number> {
  return (value, at) => {
    if (typeof value === 'number' && Number.isSafeInteger(value) && isBetween(value, min, max)) return value;
    throw new Mismatch(at, `must be a whole number from ${min} to ${max}`);
  };
}

export const flag: Rule<boolean> = (value, at) => {
  if (typeof value === 'boolean') return value;
  throw new Mismatch(at, 'must be true or false');
};

export function oneOf<T extends string | number>(...values: readonly T[]): Rule<T> {
  return (value, at) => {
    const found = values.find((each) => each === value);
    if (found === undefined) throw new Mismatch(at, `must be ${values.join(' or ')}`);
    return found;
  };
}

export function nullable<T>(rule: Rule<T>): Rule<T | null> {
  return (value, at) => (value === null ? null : rule(value, at));
}

type Fields = Readonly<Record<string, Rule<unknown>>>;
type Read<F extends Fields> = { readonly [K in keyof F]: Ruled<F[K]> };
type ReadIfThere<F extends Fields> = { readonly [K in keyof F]?: Ruled<F[K]> | undefined };

/**
 * An object with exactly these fields. An unknown one is refused: what it says would be lost.
 *
 * @param added fields that documents from before they were added lack
 */
export function record<F extends Fields, A extends Fields = Readonly<Record<never, never>>>(
  fields: F,
  added?: A,
): Rule<Read<F> & ReadIfThere<A>> {
  const rules: Fields = { ...fields, ...added };
  return (value, at) => {
    const found = asObject(value, at);
    const unknown = Object.keys(found).find((name) => !Object.hasOwn(rules, name));
    if (unknown !== undefined) throw new Mismatch(at, `has the unknown field ${quoted(unknown)}`);
    const missing = Object.keys(fields).find((name) => !Object.hasOwn(found, name));
    if (missing !== undefined) throw new Mismatch(at, `lacks the field ${quoted(missing)}`);
    const present = Object.entries(rules).filter(([name]) => Object.hasOwn(found, name));
    const read = present.map(([name, rule]) => [name, rule(found[name], `${at}.${name}`)] as const);
    return Object.fromEntries(read) as Read<F> & ReadIfThere<A>;
  };
}

/** An object whose fields have any names. The rule sees it as a map, which also holds fields such as `__proto__`. */
export function mapThat(
  rule: string,
  accepts: (map: ReadonlyMap<string, unknown>) => boolean,
): Rule<Readonly<Record<string, string>>> {
  return (value, at) => {
    const found = asObject(value, at);
    if (!accepts(new Map(Object.entries(found)))) throw new Mismatch(at, `must be ${rule}`);
    return found as Readonly<Record<string, string>>;
  };
}

interface ListOptions<T> {
  readonly min?: number;
  readonly max: number;
  /** The list must be in ascending order by this key, each once. Numbers are compared first to last. */
  readonly key?: (item: T) => readonly (string | number)[];
  /** No two items may have the same, in whatever order they are. */
  readonly unique?: (item: T) => number;
}

export function list<T>(rule: Rule<T>, { min = 0, max, key, unique }: ListOptions<T>): Rule<readonly T[]> {
  return (value, at) => {
    if (!Array.isArray(value) || !isBetween(value.length, min, max)) {
      throw new Mismatch(at, `must be a list of ${min} to ${max} items`);
    }
    const items = (value as readonly unknown[]).map((item, index) => rule(item, `${at}[${index}]`));
    if (key) refuseDisorder(items.map(key), at);
    if (unique) refuseDuplicates(items.map(unique), at);
    return items;
  };
}

function refuseDuplicates(keys: readonly number[], at: string): void {
  const seen = new Set<number>();
  for (const [index, key] of keys.entries()) {
    if (seen.has(key)) throw new Mismatch(`${at}[${index}]`, 'is a duplicate');
    seen.add(key);
  }
}

function refuseDisorder(keys: readonly (readonly (string | number)[])[], at: string): void {
  const wrong = keys.findIndex((key, index) => index > 0 && !isAbove(key, keys[index - 1] ?? []));
  if (wrong !== -1) throw new Mismatch(`${at}[${wrong}]`, 'is a duplicate or out of order');
}

function isAbove(key: readonly (string | number)[], before: readonly (string | number)[]): boolean {
  for (const [at, part] of key.entries()) {
    const other = before[at];
    if (part !== other) return other !== undefined && part > other;
  }
  return false;
}

function asObject(value: unknown, at: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Mismatch(at, 'must be an object');
}

const isBetween = (value: number, min: number, max: number): boolean => value >= min && value <= max;

/** A name from an untrusted file, short and on one line. */
const quoted = (name: string): string => JSON.stringify(name.slice(0, 60));
