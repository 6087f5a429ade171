import { describe, expect, it } from '@jest/globals';
import { hookPath, newHookToken, parseHook } from './hook-token.js';

describe('hook tokens', () => {
  it('are parsed from the URL of a webhook', () => {
    const token = newHookToken();
    const part = hookPath(token, 12).split('/').at(-1);
    expect(hookPath(token, 12)).toBe(`/api/hooks/runpod/${token}.12`);
    expect(parseHook(part ?? '')).toEqual({ hookToken: token, submittedGeneration: 12 });
  });

  it('are unique and hold 192 bits', () => {
    const tokens = Array.from({ length: 100 }, newHookToken);
    expect(new Set(tokens).size).toBe(100);
    for (const token of tokens) expect(Buffer.from(token, 'base64url')).toHaveLength(24);
  });

  const word = 'A'.repeat(32);
  it.each([
    '',
    word,
    `${word}.`,
    `${word}.0`,
    `${word}.-1`,
    `${word}.1.1`,
    `${word}.1e3`,
    `${word}.9999999999`,
    `${'A'.repeat(31)}.1`,
    `${'A'.repeat(33)}.1`,
    `${'A'.repeat(31)}/.1`,
    `${word}.1\n`,
  ])('are not read from %j', (part) => {
    expect(parseHook(part)).toBeNull();
  });
});
