import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { languageCodes } from '#libs/voices';

describe('apps/console/src/voice/languages.ts', () => {
  it('offers exactly the languages that voices can have', () => {
    const source = readFileSync('apps/console/src/voice/languages.ts', 'utf8');
    const [, list = ''] = /voiceLanguages[^=]*= \[([^\]]*)\]/.exec(source) ?? [];
    expect([...list.matchAll(/'([^']+)'/g)].map(([, code]) => code)).toEqual([...languageCodes]);
  });
});
