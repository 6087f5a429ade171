/** What one environment variable is, how its text is read and what it means. docs/configuration.md lists these. */
export interface Variable<T> {
  readonly name: string;
  readonly about: string;
  /** The default as the documentation shows it; `null` when the variable is required. */
  readonly shownDefault: string | null;
  /** @throws Error whose message continues "NAME …" */
  readonly read: (text: string | undefined) => T;
  /** May be given by a file instead, which NAME_FILE names. */
  readonly isSecret?: true;
}

/** Marks a variable whose value must not be seen: it may come from a file, and no message repeats it. */
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

/** Any text; absent without a default is `undefined`. */
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

/** Any text that has to be there. */
export function requiredText(name: string, options: Common): Variable<string> {
  return { name, about: options.about, shownDefault: null, read: (value) => value ?? required() };
}

/** Text that is read by a function of its own. */
export function parsed<T>(
  name: string,
  options: Common & { readonly shown: string | null; readonly parse: (text: string | undefined) => T },
): Variable<T> {
  return { name, about: options.about, shownDefault: options.shown, read: options.parse };
}

/** One of a few words. */
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

/** A URL without a trailing slash; required when it has neither a default nor a value. */
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

/** A URL that something else stands in for when absent. */
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

/** Parts between separators, trimmed, empty ones dropped. */
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
