import { describe, expect, it } from '@jest/globals';
import { sentKey } from './sent-key.js';

describe('sentKey', () => {
  it('takes the header before the query', () => {
    expect(sentKey({ headers: { 'x-api-key': 'h' }, query: { api_key: 'q' } })).toBe('h');
    expect(sentKey({ headers: {}, query: { api_key: 'q' } })).toBe('q');
    expect(sentKey({ headers: {}, query: {} })).toBeUndefined();
  });

  it('takes no key that was given twice', () => {
    expect(sentKey({ headers: {}, query: { api_key: ['a', 'b'] } })).toBeUndefined();
  });
});
