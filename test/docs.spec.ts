import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { acceptedFormats } from '../libs/audio/src/tool-requirements.js';
import { serviceEnvironment } from '../apps/standalone/src/service-environment.js';
import { readSettings } from '../apps/standalone/src/settings.js';
import { variables } from '#libs/config';
import { voiceWarningCodes } from '#libs/voices';

const api = readFileSync('docs/api.md', 'utf8');
const configuration = readFileSync('docs/configuration.md', 'utf8');
const inTable = (text: string): string => text.replaceAll('|', '\\|');
const code = (text: string): string => `\`${text}\``;

/** A chapter of a page, from its heading to the next one of any level. */
function chapter(page: string, heading: string): string {
  const text = page.split(`${heading}\n`)[1]?.split(/\n#+ /)[0];
  if (text === undefined) throw new Error(`There is no chapter ${heading}`);
  return text;
}

/** The rows of tables whose first cell is code: that code → the cells after it. */
function rowsOf(text: string): Map<string, readonly string[]> {
  const rows = text.split('\n').filter((line) => line.startsWith('| `'));
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

/** What a variable refuses to be: the sentence that continues its name. */
function refusal(read: (text: string) => unknown): string {
  try {
    read('\u0001');
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

/** What a variable may be, from what it says when it refuses a value; null where it does not list that. */
function allowedValues(read: (text: string) => unknown): string | null {
  const sentence = refusal(read);
  const [, min, max] = /^must be a whole number from (\d+)(?: to (\d+))?$/.exec(sentence) ?? [];
  if (min !== undefined) return max === undefined ? `${min} or more` : `${min} to ${max}`;
  const [, listed] = /^must be (?:one of|a URL starting with) (.*)$/.exec(sentence) ?? [];
  return (
    listed
      ?.split(/, | or /)
      .map(code)
      .join(', ') ?? null
  );
}

describe('docs/configuration.md', () => {
  it('documents every environment variable, its default, what it may be and its meaning, and no other', () => {
    const rows = rowsOf(chapter(configuration, '# Configuration'));
    const expected = Object.values(variables).map(({ name, shownDefault, about, read }) => {
      const shown = shownDefault === null ? 'required' : shownDefault === '' ? '' : code(inTable(shownDefault));
      const own = rows.get(name)?.[1] ?? '';
      return [name, [shown, allowedValues(read) ?? own, inTable(about)]] as const;
    });
    expect(rows).toEqual(new Map(expected));
    expect([...rows.values()].filter(([, allowed]) => allowed === '')).toEqual([]);
  });

  it('says what npm start uses', () => {
    const settings = { ...readSettings({}), address: 'http://127.0.0.1:PORT', dataDir: '/DATA_DIR' };
    const parts = { databaseUrl: '', redisUrl: '', runpodBaseUrl: '', ffmpegPath: '', ffprobePath: '' };
    const used = serviceEnvironment({}, { ...settings, ...parts, runpodApiKey: '', adminApiKey: '' });
    const rows = rowsOf(chapter(configuration, '## What `npm start` uses'));
    expect([...rows.keys()].sort()).toEqual(Object.keys(used).sort());
    const documented = [...rows].map(([name, [value = '']]) => [name, /^`([^`]+)`/.exec(value)?.[1] ?? '']);
    const fixed = Object.entries(used).map(([name, value = '']) => [name, value.replace('/DATA_DIR', 'DATA_DIR')]);
    expect(Object.fromEntries(documented)).toEqual({ ...Object.fromEntries(fixed), DATA_DIR: '.data' });
  });
});

describe('docs/api.md', () => {
  const methods = ['get', 'put', 'post', 'delete', 'patch'];

  it('names every route of openapi.json, and no other', () => {
    const { paths } = JSON.parse(readFileSync('openapi.json', 'utf8')) as { paths: Record<string, object> };
    const described = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations)
        .filter((method) => methods.includes(method))
        .map((method) => `${method.toUpperCase()} ${path}`),
    );
    const named = [...rowsOf(api).keys()].filter((name) => /^[A-Z]+ \//.test(name));
    expect(named.sort()).toEqual(described.sort());
  });

  it('explains every warning, and no other', () => {
    const explained = rowsOf(chapter(api, '### Warnings'));
    expect([...explained.keys()].sort()).toEqual(Object.keys(voiceWarningCodes).sort());
  });

  it('lists the accepted formats', () => {
    expect(api.replaceAll(/\s+/g, ' ')).toContain(acceptedFormats);
  });
});
