/** Stands for a value that is no single value: given twice, a list, an object. No check of a field accepts it. */
export const severalValues = Symbol('several values');

export type FieldValue = string | number | boolean | null | typeof severalValues;

/** The fields of a body, whatever it was written in. Without a prototype: every name is only a name. */
export type Fields = Readonly<Record<string, FieldValue>>;

/** Fields of what a parser read: lists and objects become {@link severalValues}, which no check accepts. */
export function fieldsOf(parsed: object): Fields {
  const fields = noFields();
  for (const [name, value] of Object.entries(parsed) as [string, unknown][]) {
    if (value !== undefined) fields[name] = isSingle(value) ? value : severalValues;
  }
  return fields;
}

export function noFields(): Record<string, FieldValue> {
  return Object.create(null) as Record<string, FieldValue>;
}

function isSingle(value: unknown): value is Exclude<FieldValue, symbol> {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
