import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { redactUrl } from './redact-url.js';

describe('redactUrl', () => {
  it.each([
    ['/api/voices/demo', '/api/voices/demo'],
    ['/api/voices/demo?limit=5&cursor=abc', '/api/voices/demo?limit=5&cursor=abc'],
    ['/api/voices/demo?api_key=tk_1', '/api/voices/demo?api_key=***'],
    ['/api/voices/demo?a=1&api%5Fkey=tk_1&b=2#f', '/api/voices/demo?a=1&api%5Fkey=***&b=2'],
    ['/api/voices/demo?api_key=a&api_key=b', '/api/voices/demo?api_key=***&api_key=***'],
    ['/api/objects/token', '/api/objects/***'],
    ['/api/objects/token/more?api_key=x', '/api/objects/***?api_key=***'],
    ['/API//Obj%65cts/token', '/API//Obj%65cts/***'],
    ['/api/hooks/runpod/token.1', '/api/hooks/runpod/***'],
    ['/api/hooks/other/word', '/api/hooks/other/word'],
    ['/api/voices/objects/secretless', '/api/voices/objects/secretless'],
    ['/api/%zz?%zz=1', '/api/%zz?%zz=1'],
  ])('turns %s into %s', (url, logged) => expect(redactUrl(url)).toBe(logged));

  it('removes a key from any URL', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true }), fc.string(), (url, more) => {
        const { pathname, search } = new URL(url);
        const query = `${search === '' ? '?' : `${search}&`}api_key=s3cretkey&${encodeURIComponent(more)}`;
        expect(redactUrl(pathname + query)).not.toContain('s3cretkey');
      }),
    );
  });
});
