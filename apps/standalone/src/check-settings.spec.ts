import { describe, expect, it } from '@jest/globals';
import { wrongSettings } from './check-settings.js';

describe('wrongSettings', () => {
  it('returns nothing for an empty environment, which the embedded servers complete', () => {
    expect(wrongSettings({})).toEqual([]);
  });

  it('returns every invalid variable once', () => {
    expect(wrongSettings({ PORT: '80a', LOG_LEVEL: 'loud', REDIS_URL: 'http://x', ADMIN_API_KEY: 'short' })).toEqual([
      'PORT must be a whole number from 1 to 65535, not 80a',
      expect.stringMatching(/^REDIS_URL must be a URL/),
      'ADMIN_API_KEY must have at least 24 characters',
      expect.stringMatching(/^LOG_LEVEL must be one of fatal/),
    ]);
  });

  it('rejects a METRICS_PORT for which the worker’s port would be too high', () => {
    expect(wrongSettings({ METRICS_PORT: '65534' })).toEqual([]);
    expect(wrongSettings({ METRICS_PORT: '65535' })).toEqual([expect.stringMatching(/^METRICS_PORT must be/)]);
  });

  it('rejects a remote RunPod that cannot reach this machine', () => {
    expect(wrongSettings({ RUNPOD_BASE_URL: 'https://api.runpod.ai/v2', RUNPOD_API_KEY: 'key' })).toEqual([
      expect.stringContaining('cannot be reached by RunPod'),
    ]);
  });

  it('returns a secret whose file cannot be read', () => {
    expect(wrongSettings({ SIGNING_SECRET_FILE: '/nowhere' })).toEqual([
      'SIGNING_SECRET cannot be read from the file that SIGNING_SECRET_FILE names (ENOENT)',
    ]);
  });

  it('rejects a direct URL of Postgres without DATABASE_URL', () => {
    const direct = { DATABASE_DIRECT_URL: 'postgres://localhost/timbre' };
    expect(wrongSettings(direct)).toEqual(['DATABASE_DIRECT_URL is of no use without DATABASE_URL']);
    expect(wrongSettings({ ...direct, DATABASE_URL: 'postgres://pooler/timbre' })).toEqual([]);
  });
});
