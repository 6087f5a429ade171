/** JSON from outside has a wrong shape. The message names the field. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectAt(value: unknown, place: string): JsonObject {
  if (!isObject(value)) throw new ShapeError(`${place} must be an object`);
  return value;
}

export function listAt(value: unknown, place: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new ShapeError(`${place} must be a list`);
  return value as readonly unknown[];
}

export function textAt(value: unknown, place: string): string {
  if (typeof value !== 'string' || value === '') throw new ShapeError(`${place} must be a non-empty string`);
  return value;
}

export function wholeAt(value: unknown, place: string, min = 0, max = Number.MAX_SAFE_INTEGER): number {
  if (!Number.isInteger(value) || (value as number) < min || (value as number) > max) {
    throw new ShapeError(`${place} must be a whole number from ${min} to ${max}`);
  }
  return value as number;
}

export function choiceAt<T extends string>(value: unknown, place: string, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined) throw new ShapeError(`${place} must be one of ${choices.join(', ')}`);
  return choice;
}

/** Reads an http or https URL. */
export function urlAt(value: unknown, place: string): string {
  const text = textAt(value, place);
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new ShapeError(`${place} must be an http or https URL`);
  }
  return text;
}
