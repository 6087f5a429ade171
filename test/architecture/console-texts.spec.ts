import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

const folder = 'apps/console/src';
const texts = JSON.parse(readFileSync(`${folder}/texts/en.json`, 'utf8')) as Readonly<Record<string, string>>;
const names = Object.keys(texts);

/** The sources of the console as one text. */
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.spec.ts'))
  .map((file) => readFileSync(path.join(folder, file), 'utf8'))
  .join('\n');

/** Names that are written out, and patterns of those that are put together: `runs.status.${status}`. */
const literals = new Set([...sources.matchAll(/['"`]([\w]+(?:\.[\w-]+)+)['"`]/g)].map(([, name = '']) => name));
const patterns = [...sources.matchAll(/`(\w+\.[\w.-]*\$\{[^`]*)`/g)].map(([, template = '']) => {
  const parts = template.split(/\$\{[^}]*\}/).map((part) => part.replaceAll('.', '\\.'));
  return new RegExp(`^${parts.join('[\\w-]+')}$`);
});

describe('apps/console/src/texts/en.json', () => {
  it('has no text that nothing shows', () => {
    const isUsed = (name: string): boolean => literals.has(name) || patterns.some((pattern) => pattern.test(name));
    expect(names.filter((name) => !isUsed(name))).toEqual([]);
  });

  it('has every text that is shown', () => {
    const shown = [...sources.matchAll(/\btext\(\s*'([^']+)'/g)].map(([, name = '']) => name);
    expect(shown.filter((name) => !(name in texts))).toEqual([]);
    expect(shown.length).toBeGreaterThan(0);
  });

  it('is sorted, so that two changes seldom meet in one line', () => {
    expect(names).toEqual([...names].sort());
  });

  it('has no empty text', () => {
    expect(names.filter((name) => texts[name]?.trim() === '')).toEqual([]);
  });
});
