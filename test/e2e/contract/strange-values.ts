import fc from 'fast-check';
import { anyText } from '../../support/any-text.js';

/** Text for names and fields. */
export const strangeText = fc.oneof(
  anyText({ maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom(
    ...['', ' ', '.', '..', '../..', '/', '\\', '%2F', '%00', '\0', 'a\0b', '\ud800', '\udc00a', '\u202e', '\ufeff'],
    ...['__proto__', 'constructor', 'toString', 'null', 'undefined', 'NaN', '<script>', "'; DROP TABLE voices;--"],
    ...['🎙'.repeat(255), '🎙'.repeat(256), 'x'.repeat(255), 'x'.repeat(256), 'e\u0301', '\u00e9', 'empty'],
  ),
);

/** Text that is a whole number, looks like one, or does not. */
export const strangeNumber = fc.oneof(
  fc.integer().map(String),
  fc.double().map(String),
  fc.bigInt().map(String),
  fc.constantFrom(
    ...['1e3', '0x10', '0b1', '1_0', ' 5', '5 ', '+5', '5.0', '05', '-1', '-0', '٥', '５', '²', 'Infinity', ''],
    ...['9007199254740993', '99999999999999999999', '2147483648', '4294967297', '5,6', '5;6', '[5]', '{}', 'true'],
  ),
);

/** Whether the contract accepts the text as a whole number within these bounds, or as an empty field. */
export const whole = (given: string, min: number, max: number): boolean =>
  given === '' || (/^-?\d{1,16}$/.test(given) && Number(given) >= min && Number(given) <= max);

/** Whether the contract accepts the text as a voice name. Written independently of the code under test. */
export const isName = (given: string): boolean => {
  const name = given.trim();
  const length = [...name].length;
  return (
    length >= 1 && length <= 255 && !/[\p{Cc}\p{Cs}\p{Bidi_Control}/\\]/u.test(name) && name !== '.' && name !== '..'
  );
};
