/** What a terminal would obey instead of show: control characters, and marks that reverse the direction of text. */
const unprintable = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Returns text that a terminal only shows. Names and sentences come from other people: an escape sequence in one of them
 * could rewrite the screen or the clipboard.
 */
export const printable = (text: string): string => text.replaceAll('\r\n', '\n').replaceAll(unprintable, '\ufffd');

/** Returns the same on one line, for a cell of a table. */
export const onOneLine = (text: string): string => printable(text).replaceAll(/[\n\t]+/g, ' ');

/** Characters that take no column of a terminal, and those that take two (Unicode's East Asian Width W and F, emoji). */
const narrowest = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
const wide =
  /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation})$/u;

/** Returns how many columns of a terminal a text takes. */
export function columnsOf(text: string): number {
  return [...text].reduce((sum, character) => {
    if (narrowest.test(character)) return sum;
    return sum + (wide.test(character) ? 2 : 1);
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
