import { describe, expect, it } from '@jest/globals';
import { readSettings } from './settings.js';

describe('readSettings', () => {
  it('uses embedded servers and generates keys by default', () => {
    const one = readSettings({});
    expect(one).toMatchObject({ port: 8080, address: 'http://127.0.0.1:8080', isProduction: false });
    expect([one.databaseUrl, one.redisUrl, one.runpodBaseUrl]).toEqual([undefined, undefined, undefined]);
    expect(one.adminApiKey.length).toBeGreaterThanOrEqual(24);
    expect(readSettings({}).adminApiKey).not.toBe(one.adminApiKey);
  });

  it('treats an empty variable as absent', () => {
    expect(readSettings({ DATABASE_URL: '', PORT: '', HOST: '' })).toMatchObject({
      databaseUrl: undefined,
      port: 8080,
    });
  });

  it.each(['0', '80a', '65536', '-1'])('refuses the port %s', (port) => {
    expect(() => readSettings({ PORT: port })).toThrow(`PORT must be a whole number from 1 to 65535, not ${port}`);
  });
});
