import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { serviceEnvironment } from '#libs/local-services';
import { acceptedFormats } from '../libs/audio/src/ffmpeg/tool-requirements.js';
import { readSettings } from '../apps/standalone/src/settings.js';
import { variables } from '#libs/config';
import { voiceWarningCodes } from '#libs/voices';

const api = readFileSync('docs/api.md', 'utf8');
const configuration = readFileSync('docs/configuration.md', 'utf8');
const inTable = (text: string): string => text.replaceAll('|', '\\|');
const code = (text: string): string => `\`${text}\``;

/** Returns a chapter of a page: the text from its heading to the next heading of any level. */
function chapter(page: string, heading: string): string {
  const text = page.split(`${heading}\n`)[1]?.split(/\n#+ /)[0];
  if (text === undefined) throw new Error(`There is no chapter ${heading}`);
  return text;
}

/** Maps the code in the first cell of each table row to the other cells. Skips rows whose first cell is not code. */
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

/** Returns the sentence with which a variable refuses an invalid value, without the variable's name. */
function refusal(read: (text: string) => unknown): string {
  try {
    read('\u0001');
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

/** Returns the allowed values, from the sentence with which a variable refuses one. @returns null if it lists none */
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
  it('has a row for each environment variable, with its default, allowed values and meaning', () => {
    const rows = rowsOf(chapter(configuration, '# Configuration'));
    const expected = Object.values(variables).map(({ name, shownDefault, about, read }) => {
      const shown = shownDefault === null ? 'required' : shownDefault === '' ? '' : code(inTable(shownDefault));
      const own = rows.get(name)?.[1] ?? '';
      return [name, [shown, allowedValues(read) ?? own, inTable(about)]] as const;
    });
    expect(rows).toEqual(new Map(expected));
    expect([...rows.values()].filter(([, allowed]) => allowed === '')).toEqual([]);
  });

  it('lists the values that npm start uses', () => {
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

  it('has a row for each route of openapi.json, and for no other', () => {
    const { paths } = JSON.parse(readFileSync('openapi.json', 'utf8')) as { paths: Record<string, object> };
    const described = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations)
        .filter((method) => methods.includes(method))
        .map((method) => `${method.toUpperCase()} ${path}`),
    );
    const named = [...rowsOf(api).keys()].filter((name) => /^[A-Z]+ \//.test(name));
    expect(named.sort()).toEqual(described.sort());
  });

  it('has a row for each warning, and for no other', () => {
    const explained = rowsOf(chapter(api, '### Warnings'));
    expect([...explained.keys()].sort()).toEqual(Object.keys(voiceWarningCodes).sort());
  });

  it('has a row for each reason against a sample, and for no other', () => {
    const { components } = JSON.parse(readFileSync('openapi.json', 'utf8')) as {
      components: { schemas: { QualityReason: { properties: { code: { description: string } } } } };
    };
    const { description } = components.schemas.QualityReason.properties.code;
    const codes = [...description.matchAll(/`(\w+)`:/g)].map(([, name]) => name);
    const named = [...rowsOf(chapter(api, '### Quality of a sample')).entries()].filter(
      ([, cells]) => cells.length === 2,
    );
    expect(codes.length).toBeGreaterThan(5);
    expect(named.map(([name]) => name)).toEqual(codes);
  });

  it('lists the accepted formats', () => {
    expect(api.replaceAll(/\s+/g, ' ')).toContain(acceptedFormats);
  });
});
