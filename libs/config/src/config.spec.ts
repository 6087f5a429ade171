import { describe, expect, it } from '@jest/globals';
import { ConfigError, readConfig, readDatabaseUrl } from './config.js';

const least = {
  DATABASE_URL: 'postgres://a:b@localhost/c',
  REDIS_URL: 'redis://localhost',
  RUNPOD_BASE_URL: 'http://127.0.0.1:8900/v2',
  RUNPOD_API_KEY: 'a-key',
};

function linesFor(environment: NodeJS.ProcessEnv): readonly string[] {
  try {
    readConfig({ ...least, ...environment });
  } catch (error) {
    if (error instanceof ConfigError) return error.lines;
    throw error;
  }
  return [];
}

describe('readConfig', () => {
  it('has the documented defaults', () => {
    const config = readConfig({ ...least, DATA_DIR: '/srv/timbre', PORT: '9000' });
    expect(config).toMatchObject({
      port: 9000,
      publicUrl: 'http://localhost:9000',
      callbackUrl: 'http://localhost:9000',
      scratchDir: '/srv/timbre/scratch',
      storageUrl: 'file:///srv/timbre/objects',
      maxUploadBytes: 2 * 1024 ** 3,
      rateLimitPerMinute: 600,
      signingSecrets: [],
    });
    expect([...config.runpodEndpoints.keys()]).toEqual(['kyutai']);
  });

  it('has no trusted origin, no trusted proxy and no admin key by default', () => {
    expect(readConfig(least)).toMatchObject({ corsOrigins: [], trustProxy: false, adminApiKeys: [], swagger: 'on' });
  });

  it('reads several admin keys, for a rotation', () => {
    const [old, next] = ['o'.repeat(24), 'n'.repeat(24)];
    expect(readConfig({ ...least, ADMIN_API_KEY: `${next}, ${old}` }).adminApiKeys).toEqual([next, old]);
  });

  it('treats DATABASE_URL as a pooler only if there is a direct URL', () => {
    const direct = 'postgres://a:b@postgres/c';
    const url = least.DATABASE_URL;
    expect(readConfig(least)).toMatchObject({ databaseDirectUrl: url, databaseIsPooled: false });
    expect(readConfig({ ...least, DATABASE_DIRECT_URL: direct })).toMatchObject({
      databaseUrl: url,
      databaseDirectUrl: direct,
      databaseIsPooled: true,
    });
    expect(linesFor({ DATABASE_DIRECT_URL: 'host=postgres' })).toEqual([
      'DATABASE_DIRECT_URL must be a URL starting with postgres:// or postgresql://',
    ]);
  });

  it('treats an empty variable as absent', () => {
    expect(readConfig({ ...least, PORT: '' }).port).toBe(8080);
  });

  it('splits lists of secrets, endpoints and sentences', () => {
    const config = readConfig({
      ...least,
      SIGNING_SECRET: 'new-secret-of-ours,old-secret-of-ours',
      RUNPOD_ENDPOINTS: 'kyutai=abc123, other=def456',
      TEST_SENTENCES: 'One, two. | Three.',
    });
    expect(config.signingSecrets).toEqual(['new-secret-of-ours', 'old-secret-of-ours']);
    expect(config.runpodEndpoints.get('other')).toBe('def456');
    expect(config.testSentences).toEqual(['One, two.', 'Three.']);
  });

  it('has no sentences by default: each language has its own', () => {
    expect(readConfig(least).testSentences).toBeUndefined();
  });

  it.each([
    [{ PORT: '80a' }, 'PORT must be a whole number from 0 to 65535'],
    [{ PORT: '70000' }, 'PORT must be a whole number from 0 to 65535'],
    [{ DATABASE_URL: undefined }, 'DATABASE_URL is required'],
    [{ REDIS_URL: undefined }, 'REDIS_URL is required'],
    [{ CORS_ORIGINS: 'https://a.example/path' }, 'CORS_ORIGINS must hold origins like https://app.example.com, or *'],
    [{ ADMIN_API_KEY: `${'k'.repeat(24)},short` }, 'ADMIN_API_KEY must have at least 24 characters'],
    [{ RUNPOD_ENDPOINTS: 'other=abc' }, 'RUNPOD_ENDPOINTS must name an endpoint for kyutai'],
    [{ RUNPOD_ENDPOINTS: 'kyutai' }, 'RUNPOD_ENDPOINTS must look like kyutai=<endpoint id>,other=<endpoint id>'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent'],
    [{ DOWNLOADS: 'nginx' }, 'DOWNLOADS must be one of api, proxy, storage'],
    [{ DOWNLOADS: 'storage' }, 'DOWNLOADS storage needs a STORAGE_URL of s3://'],
    [{ DOWNLOADS: 'proxy', STORAGE_URL: 's3://bucket' }, 'DOWNLOADS proxy needs a STORAGE_URL of file://'],
    [{ TEST_SENTENCES: ' | ' }, 'TEST_SENTENCES must hold at least one sentence'],
    [
      { RUNPOD_BASE_URL: 'https://api.runpod.ai/v2' },
      'CALLBACK_URL http://localhost:8080 cannot be reached by RunPod at https://api.runpod.ai/v2',
    ],
  ])('rejects %j with "%s"', (environment, line) => {
    expect(linesFor(environment)).toEqual([line]);
  });

  it('disables the metrics port and tracing by default', () => {
    expect(readConfig(least)).toMatchObject({ metricsHost: '127.0.0.1', bullBoard: 'on' });
    expect(readConfig(least).metricsPort).toBeUndefined();
    expect(readConfig(least).otlpEndpoint).toBeUndefined();
    const asked = { ...least, METRICS_PORT: '9464', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/' };
    expect(readConfig(asked)).toMatchObject({ metricsPort: 9464, otlpEndpoint: 'http://collector:4318' });
  });

  it.each([
    [{ METRICS_PORT: '0' }, 'METRICS_PORT must be a whole number from 1 to 65535'],
    [{ METRICS_PORT: 'on' }, 'METRICS_PORT must be a whole number from 1 to 65535'],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317' },
      'OTEL_EXPORTER_OTLP_ENDPOINT must be a URL starting with http:// or https://',
    ],
    [{ BULL_BOARD: 'yes' }, 'BULL_BOARD must be one of on, off'],
  ])('rejects the monitoring settings %j with a readable line', (environment, line) => {
    expect(linesFor(environment)).toEqual([line]);
  });

  it('reports all invalid variables at once', () => {
    expect(linesFor({ PORT: 'x', MAX_UPLOAD_BYTES: '-1' })).toHaveLength(2);
  });
});

describe('readDatabaseUrl', () => {
  const [pooler, direct] = ['postgres://pooler/c', 'postgres://postgres/c'];

  it('needs only DATABASE_URL, and prefers the direct URL', () => {
    expect(readDatabaseUrl({ DATABASE_URL: direct })).toBe(direct);
    expect(readDatabaseUrl({ DATABASE_URL: pooler, DATABASE_DIRECT_URL: direct })).toBe(direct);
    expect(readDatabaseUrl({ DATABASE_URL: direct, PORT: 'none', REDIS_URL: 'http://wrong' })).toBe(direct);
  });

  it('reports each invalid variable on a line', () => {
    expect(() => readDatabaseUrl({ DATABASE_DIRECT_URL: 'x' })).toThrow(
      'DATABASE_URL is required\nDATABASE_DIRECT_URL must be a URL starting with postgres:// or postgresql://',
    );
  });
});
