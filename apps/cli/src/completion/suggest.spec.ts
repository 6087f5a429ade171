import { describe, expect, it } from '@jest/globals';
import { makeProgram } from '../program.js';
import { suggest } from './suggest.js';

const program = makeProgram(() => async () => undefined, '1.0.0');
const valuesAt = (line: string): readonly string[] => suggest(program, line.split(' ')).words.map(({ value }) => value);

describe('suggest', () => {
  it('completes commands', () => {
    expect(valuesAt('vo')).toEqual(['voices']);
    expect(valuesAt('voices re')).toEqual(['rename']);
    expect(valuesAt('--url http://a voices re')).toEqual(['rename']);
  });

  it('completes options of the command and of the program', () => {
    expect(valuesAt('voices create --split-m')).toEqual([
      '--split-mode',
      '--split-max-samples',
      '--split-min-duration',
    ]);
    expect(valuesAt('voices create --js')).toEqual(['--json']);
  });

  it('completes values that are known', () => {
    expect(valuesAt('voices create --split-mode ')).toEqual(['fixed', 'speech']);
    expect(valuesAt('completion z')).toEqual(['zsh']);
  });

  it('asks for voices where a voice is named', () => {
    expect(suggest(program, ['voices', 'show', 'a']).orElse).toBe('voices');
    expect(suggest(program, ['samples', 'download', '--to', '.', 'a']).orElse).toBe('voices');
    expect(suggest(program, ['samples', 'download', 'anna', '']).orElse).toBeUndefined();
  });

  it('asks for files where a file is named', () => {
    expect(suggest(program, ['voices', 'create', '']).orElse).toBe('files');
    expect(suggest(program, ['samples', 'add', 'anna', 'a.wav', '']).orElse).toBe('files');
    expect(suggest(program, ['pull', 'anna', '--to', '']).orElse).toBe('files');
  });

  it('does not show the command that shells call', () => {
    expect(valuesAt('comp')).toEqual(['completion']);
  });
});
