import { CommanderError } from 'commander';
import { describe, expect, it } from '@jest/globals';
import { ApiFailure } from '#libs/client';
import { CliFailure, exitCodeOf, sentencesOf, wrongUsage } from './failure.js';

const answered = (status: number, errors: readonly { field: string; message: string }[] = []): ApiFailure =>
  ApiFailure.of(new Response(null, { status }), { detail: 'Why', errors });

describe('exitCodeOf', () => {
  it.each([
    ['a refusal', answered(409), 1],
    ['an unknown key', answered(401), 4],
    ['a key without the right', answered(403), 1],
    ['no answer', ApiFailure.unreachable(new Error('refused')), 3],
    ['wrong usage', wrongUsage('Why'), 2],
    ['a wrong option', new CommanderError(1, 'commander.unknownOption', 'Why'), 2],
    ['the help', new CommanderError(0, 'commander.help', ''), 0],
    ['failed processing', new CliFailure('Why', 5), 5],
    ['Ctrl-C', new DOMException('Interrupted', 'AbortError'), 130],
    ['a defect', new TypeError('undefined'), 1],
  ])('of %s', (_, error, code) => {
    expect(exitCodeOf(error)).toBe(code);
  });
});

describe('sentencesOf', () => {
  it('lists the fields of a 422, each with its name, and no sentence twice', () => {
    const fields = [
      { field: 'name', message: 'Why' },
      { field: 'language', message: 'language must be a BCP 47 tag' },
      { field: 'labels', message: 'A label is too long' },
    ];
    expect(sentencesOf(answered(422, fields))).toEqual([
      'Why',
      '  language must be a BCP 47 tag',
      '  labels: A label is too long',
    ]);
  });

  it('says why Timbre cannot be reached', () => {
    const refused = new Error('connect ECONNREFUSED 127.0.0.1:1');
    const failure = ApiFailure.unreachable(new TypeError('fetch failed', { cause: refused }));
    expect(sentencesOf(failure)).toEqual(['Timbre cannot be reached: connect ECONNREFUSED 127.0.0.1:1']);
  });
});
