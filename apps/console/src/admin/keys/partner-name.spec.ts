import { describe, expect, it } from '@jest/globals';
import { partnerNameProblem } from './partner-name.js';

describe('partnerNameProblem', () => {
  it.each([
    ['acme', undefined],
    ['a', undefined],
    ['9-lives_x', undefined],
    ['demo', 'taken'],
    ['', 'malformed'],
    ['Acme', 'malformed'],
    ['-acme', 'malformed'],
    ['ac me', 'malformed'],
    ['a'.repeat(64), 'malformed'],
  ])('of "%s" is %s', (name, problem) => {
    expect(partnerNameProblem(name, ['demo'])).toBe(problem);
  });
});
