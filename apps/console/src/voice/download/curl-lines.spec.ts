import { describe, expect, it } from '@jest/globals';
import { curlLine } from './curl-lines.js';

describe('curlLine', () => {
  it('has the key as a variable', () => {
    expect(curlLine('http://localhost:8080/api/voices/demo/1')).toBe(
      `curl -fsSL -H "X-Api-Key: $TIMBRE_KEY" 'http://localhost:8080/api/voices/demo/1'`,
    );
  });

  it('quotes what a shell would read otherwise', () => {
    expect(curlLine("http://localhost/it's", '$(reboot).zip')).toContain(
      `-o '$(reboot).zip' 'http://localhost/it'\\''s'`,
    );
  });
});
