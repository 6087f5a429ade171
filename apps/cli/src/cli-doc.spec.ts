import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { describe, expect, it } from '@jest/globals';
import { exitCodes } from './failure.js';
import { makeProgram } from './program.js';

const page = readFileSync('docs/cli.md', 'utf8');
const program = makeProgram(() => async () => undefined, '1.0.0');

/** The first cells of the tables under a heading, without code marks. */
function firstCells(heading: string): readonly string[] {
  const chapter = page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...chapter.matchAll(/^\| (.+?) +\|/gm)].map(([, cell = '']) => cell.replaceAll('`', ''));
}

/** Each command with its arguments, as its help writes them. */
function usagesOf(command: Command, before = ''): readonly string[] {
  const inside = command.commands.filter((each) => command.createHelp().visibleCommands(command).includes(each));
  return inside.flatMap((each) => {
    const name = `${before}${each.name()}`;
    if (each.commands.length > 0) return usagesOf(each, `${name} `);
    const given = each.registeredArguments.map((argument) => {
      const dots = argument.variadic ? '...' : '';
      return argument.required ? `<${argument.name()}${dots}>` : `[${argument.name()}${dots}]`;
    });
    return [[name, ...given].join(' ')];
  });
}

describe('docs/cli.md', () => {
  it('has a row for each command, and for no other', () => {
    const rows = firstCells('Commands').flatMap((cell) => cell.split(', '));
    expect(rows.filter((row) => !/^(command|-+)$/.test(row)).sort()).toEqual([...usagesOf(program)].sort());
  });

  it('has every exit code', () => {
    const codes = firstCells('Output').filter((cell) => /^\d+$/.test(cell));
    expect(codes.map(Number)).toEqual(Object.values(exitCodes));
  });

  it('has every option of the program, with its variable', () => {
    const rows = page.split('\n').filter((line) => line.startsWith('| `--'));
    for (const { long, flags, description } of program.options) {
      const variable = /TIMBRE_\w+/.exec(description)?.[0];
      if (variable === undefined) continue;
      expect({ long, row: rows.find((row) => row.startsWith(`| \`${flags}\``)) }).toEqual({
        long,
        row: expect.stringContaining(`\`${variable}\``),
      });
    }
  });
});
