import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const text = readFileSync('SECURITY.md', 'utf8');
const rows = text.split('\n').filter((line) => /^\| API\d+ /.test(line));

describe('SECURITY.md', () => {
  it('answers each of the ten risks', () => {
    expect(rows.map((row) => /API(\d+)/.exec(row)?.[1])).toEqual(Array.from({ length: 10 }, (_, at) => String(at + 1)));
  });

  it.each(rows.map((row) => [row.split('|')[1]?.trim() ?? '', row] as const))(
    'names tests of %s that exist',
    (_, row) => {
      const shown = row.split('|').at(-2) ?? '';
      const tests = [...shown.matchAll(/`([^`]+)`/g)].map(([, file]) => file ?? '');
      expect(tests.length).toBeGreaterThan(0);
      expect(tests.filter((file) => !/spec\.ts$/.test(file) || !existsSync(file))).toEqual([]);
    },
  );
});
