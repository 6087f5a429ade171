import { IntlMessageFormat } from 'intl-messageformat';
import english from './en.json' with { type: 'json' };

/** The name of a text of the console. */
export type TextName = keyof typeof english;

type Values = Readonly<Record<string, string | number | Date>>;

const compiled = new Map<TextName, IntlMessageFormat>();

/**
 * Returns a text of en.json in ICU message format. Every text that people read is there, except for the sentences of the API.
 */
export function text(name: TextName, values?: Values): string {
  let format = compiled.get(name);
  if (!format)
    compiled.set(name, (format = new IntlMessageFormat(english[name], 'en', undefined, { ignoreTag: true })));
  return String(format.format(values));
}
