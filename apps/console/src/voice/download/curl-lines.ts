/** Returns a text as one word of a POSIX shell. */
export const shellWord = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/**
 * Returns a line for a shell that reads something of a voice. The key is the variable TIMBRE_KEY, so that the line can be shared.
 *
 * @param output name of the file that it writes; without one it prints the answer
 */
export function curlLine(url: string, output?: string): string {
  const to = output === undefined ? '' : ` -o ${shellWord(output)}`;
  return `curl -fsSL -H "X-Api-Key: $TIMBRE_KEY"${to} ${shellWord(url)}`;
}
