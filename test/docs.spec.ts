import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { variables } from '#libs/config';

const readme = readFileSync('README.md', 'utf8');
const inTable = (text: string): string => text.replaceAll('|', '\\|');

/** The rows of the README's configuration table: name → cells after it. */
function configurationTable(): Map<string, readonly string[]> {
  const section = readme.split('## Configuration')[1]?.split('\n## ')[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return new Map(
    rows.map((row) => {
      const [name = '', ...cells] = row
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim())
        .slice(1, -1);
      return [name.replaceAll('`', ''), cells] as const;
    }),
  );
}

describe('the README', () => {
  it('documents every environment variable, its default and its meaning, and no other', () => {
    const expected = Object.values(variables).map(({ name, shownDefault, about }) => {
      const shown = shownDefault === null ? 'required' : shownDefault === '' ? '' : `\`${inTable(shownDefault)}\``;
      return [name, [shown, inTable(about)]] as const;
    });
    expect(configurationTable()).toEqual(new Map(expected));
  });
});
