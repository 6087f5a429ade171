import { describe, expect, it } from '@jest/globals';
import { failuresOf, statusText } from './voice-view.js';

describe('statusText', () => {
  it.each([
    ['idle', 'idle', 'idle'],
    ['in_progress', 'idle', 'splitting'],
    ['completed', 'in_progress', 'embedding'],
    ['completed', 'completed', 'embedded'],
    ['completed', 'idle', 'split'],
    ['failed', 'completed', 'split failed'],
    ['completed', 'failed', 'embedding failed'],
  ])('of %s and %s is %s', (splitting, embedding, text) => {
    expect(statusText(splitting, embedding)).toBe(text);
  });
});

describe('failuresOf', () => {
  const voice = {
    status: { splitting: 'failed', embedding: 'failed' },
    errors: { splitting: 'The recording is silent', embedding: 'Cancelled' },
  } as const;

  it('has a sentence for each kind that failed', () => {
    expect(failuresOf(voice)).toEqual(['Splitting failed: The recording is silent', 'Embedding failed: Cancelled']);
  });

  it('leaves out what was not asked for', () => {
    expect(failuresOf(voice, ['embedding'])).toEqual(['Embedding failed: Cancelled']);
  });
});
