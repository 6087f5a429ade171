/** What a terminal would obey instead of show: control characters, and marks that reverse the direction of text. */
const unprintable = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Returns text that a terminal only shows. Names and sentences come from other people: an escape sequence in one of
 * them could rewrite the screen or the clipboard.
 */
export const printable = (text: string): string => text.replaceAll('\r\n', '\n').replaceAll(unprintable, '\ufffd');

/** Returns the same on one line, for a cell of a table. */
export const onOneLine = (text: string): string => printable(text).replaceAll(/[\n\t]+/g, ' ');

/** Characters that take no column of a terminal, and scripts and emoji whose characters take two (UAX #11). */
const narrowest = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
const wideScript =
  /^[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303e\uff01-\uff60]$/u;
const emoji = /^\p{Emoji_Presentation}$/u;

/** Returns how many columns of a terminal a text takes. */
export function columnsOf(text: string): number {
  return [...text].reduce((sum, character) => {
    if (narrowest.test(character)) return sum;
    return sum + (wideScript.test(character) || emoji.test(character) ? 2 : 1);
  }, 0);
}

/** Returns the start of a text that fits, with an ellipsis if something is cut off. */
export function shortened(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let kept = '';
  for (const character of text) {
    if (columnsOf(kept + character) >= columns) break;
    kept += character;
  }
  return `${kept}…`;
}
