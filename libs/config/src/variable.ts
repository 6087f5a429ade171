/** One environment variable. docs/configuration.md is generated from these. */
export interface Variable<T> {
  readonly name: string;
  readonly about: string;
  /** The default as the documentation shows it; `null` when the variable is required. */
  readonly shownDefault: string | null;
  /** @throws Error whose message continues "NAME …" */
  readonly read: (text: string | undefined) => T;
  /** Its value may come from a file, which the variable NAME_FILE names. */
  readonly isSecret?: true;
}

/** Marks a secret: its value may come from a file, and no message repeats it. */
export const secret = <T>(variable: Variable<T>): Variable<T> => ({ ...variable, isSecret: true });

interface Common {
  readonly about: string;
}

const required = (): never => {
  throw new Error('is required');
};

/** A whole number within bounds, both included. */
export function integer(
  name: string,
  options: Common & { readonly default: number; readonly min: number; readonly max?: number; readonly shown?: string },
): Variable<number> {
  const max = options.max ?? Number.MAX_SAFE_INTEGER;
  return {
    name,
    about: options.about,
    shownDefault: options.shown ?? String(options.default),
    read: (text) => {
      if (text === undefined) return options.default;
      const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
      if (!(value >= options.min && value <= max)) {
        throw new Error(`must be a whole number from ${options.min}${options.max === undefined ? '' : ` to ${max}`}`);
      }
      return value;
    },
  };
}

/** A whole number within bounds, or `undefined` if absent. */
export function optionalInteger(
  name: string,
  options: Common & { readonly min: number; readonly max: number },
): Variable<number | undefined> {
  const { read } = integer(name, { ...options, default: options.min });
  return {
    name,
    about: options.about,
    shownDefault: '',
    read: (text) => (text === undefined ? undefined : read(text)),
  };
}

/** Any text, or `undefined` if absent. */
export function optionalText(
  name: string,
  options: Common & { readonly minLength?: number },
): Variable<string | undefined> {
  return {
    name,
    about: options.about,
    shownDefault: '',
    read: (text) => {
      if (text !== undefined && text.length < (options.minLength ?? 1)) {
        throw new Error(`must have at least ${options.minLength ?? 1} characters`);
      }
      return text;
    },
  };
}

/** Text with a default. */
export function text(name: string, options: Common & { readonly default: string }): Variable<string> {
  return {
    name,
    about: options.about,
    shownDefault: options.default,
    read: (value) => value ?? options.default,
  };
}

/** Required text. */
export function requiredText(name: string, options: Common): Variable<string> {
  return { name, about: options.about, shownDefault: null, read: (value) => value ?? required() };
}

/** Text with a parser of its own. */
export function parsed<T>(
  name: string,
  options: Common & { readonly shown: string | null; readonly parse: (text: string | undefined) => T },
): Variable<T> {
  return { name, about: options.about, shownDefault: options.shown, read: options.parse };
}

/** One of a list of words. */
export function choice<const T extends string>(
  name: string,
  options: Common & { readonly of: readonly T[]; readonly default: T },
): Variable<T> {
  return {
    name,
    about: options.about,
    shownDefault: options.default,
    read: (value) => {
      if (value === undefined) return options.default;
      const found = options.of.find((word) => word === value);
      if (found === undefined) throw new Error(`must be one of ${options.of.join(', ')}`);
      return found;
    },
  };
}

function checkUrl(value: string, protocols: readonly string[]): string {
  if (!URL.canParse(value) || !protocols.includes(new URL(value).protocol)) {
    throw new Error(`must be a URL starting with ${protocols.map((p) => `${p}//`).join(' or ')}`);
  }
  return value.replace(/\/+$/, '');
}

/** A URL, read without trailing slashes. Required if it has no default. */
export function url(
  name: string,
  options: Common & { readonly protocols: readonly string[]; readonly default?: string },
): Variable<string> {
  return {
    name,
    about: options.about,
    shownDefault: options.default ?? null,
    read: (value) => checkUrl(value ?? options.default ?? required(), options.protocols),
  };
}

/** A URL, or `undefined` if absent. @param options.shown what is used instead, for the documentation */
export function optionalUrl(
  name: string,
  options: Common & { readonly protocols: readonly string[]; readonly shown: string },
): Variable<string | undefined> {
  return {
    name,
    about: options.about,
    shownDefault: options.shown,
    read: (value) => (value === undefined ? undefined : checkUrl(value, options.protocols)),
  };
}

/** A list with a separator. Parts are trimmed, empty parts dropped. */
export function list(
  name: string,
  options: Common & {
    readonly separator: string;
    readonly default: readonly string[];
    readonly check?: (part: string) => void;
  },
): Variable<readonly string[]> {
  return {
    name,
    about: options.about,
    shownDefault: options.default.join(options.separator),
    read: (value) => {
      const parts = (value ?? options.default.join(options.separator)).split(options.separator);
      const found = parts.map((part) => part.trim()).filter((part) => part !== '');
      found.forEach((part) => options.check?.(part));
      return found;
    },
  };
}
