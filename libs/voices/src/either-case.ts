/** A condition that finds names in which a text is contained, in upper or lower case. */
interface NameCondition {
  readonly operator: 'ILIKE' | '~';
  readonly pattern: string;
}

/**
 * Returns the condition for a text.
 *
 * Names have the collation `C`, in which Postgres knows the case of ASCII letters only. Other collations are not on every
 * Postgres. So a text with other letters that have a case needs a regular expression, which takes up to twice as long.
 */
export function containsText(text: string): NameCondition {
  const hasOther = [...text].some((character) => character > '\x7f' && casesOf(character).length > 1);
  if (hasOther) return { operator: '~', pattern: eitherCase(text) };
  return { operator: 'ILIKE', pattern: `%${text.replaceAll(/[%_\\]/g, '\\$&')}%` };
}

/** Returns a regular expression of Postgres that finds a text in upper or lower case. */
function eitherCase(text: string): string {
  return [...text].map((character) => `(?:${casesOf(character).map(literal).join('|')})`).join('');
}

/** Cases of several characters (`ß` in upper case) are left out. */
function casesOf(character: string): readonly string[] {
  const [lower, upper] = [character.toLowerCase(), character.toUpperCase()];
  const cases = [character, lower, upper, lower.toUpperCase(), upper.toLowerCase()];
  return [...new Set(cases.filter((each) => [...each].length === 1))];
}

const literal = (character: string): string => character.replace(/[!-/:-@[-`{-~]/, '\\$&');
