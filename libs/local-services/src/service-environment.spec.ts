import { describe, expect, it } from '@jest/globals';
import { readConfig } from '#libs/config';
import { serviceEnvironment, workerEnvironment } from './service-environment.js';

const around = {
  port: 8080,
  address: 'http://127.0.0.1:8080',
  dataDir: '/srv/my timbre/.data',
  databaseUrl: 'postgres://timbre:x@127.0.0.1:20000/timbre',
  redisUrl: 'redis://127.0.0.1:20001',
  runpodBaseUrl: 'http://127.0.0.1:20002/v2',
  runpodApiKey: 'key of the emulator',
  adminApiKey: 'an admin key of this very run',
  ffmpegPath: '/usr/bin/ffmpeg',
  ffprobePath: '/usr/bin/ffprobe',
};

describe('serviceEnvironment', () => {
  it('returns an environment that the API accepts, with all servers on this machine', () => {
    expect(readConfig(serviceEnvironment({}, around))).toMatchObject({
      port: 8080,
      host: '127.0.0.1',
      publicUrl: 'http://127.0.0.1:8080',
      callbackUrl: 'http://127.0.0.1:8080',
      databaseUrl: around.databaseUrl,
      redisUrl: around.redisUrl,
      runpodBaseUrl: around.runpodBaseUrl,
      storageUrl: 'file:///srv/my%20timbre/.data/objects',
      logFormat: 'pretty',
    });
  });

  it('keeps variables that the operator has set', () => {
    const given = {
      HOST: '0.0.0.0',
      STORAGE_URL: 's3://bucket/voices',
      MAX_UPLOAD_BYTES: '1000',
      NODE_ENV: 'production',
    };
    expect(readConfig(serviceEnvironment(given, around))).toMatchObject({
      host: '0.0.0.0',
      storageUrl: 's3://bucket/voices',
      maxUploadBytes: 1000,
      logFormat: 'json',
    });
  });

  it('sets no callback address for a remote RunPod', () => {
    const url = 'https://api.runpod.ai/v2';
    const environment = serviceEnvironment({ RUNPOD_BASE_URL: url }, { ...around, runpodBaseUrl: url });
    expect(() => readConfig(environment)).toThrow('cannot be reached by RunPod');
  });
});

describe('workerEnvironment', () => {
  it('gives the worker the next port for its metrics', () => {
    const environment = serviceEnvironment({ METRICS_PORT: '9464' }, around);
    expect(readConfig(environment).metricsPort).toBe(9464);
    expect(readConfig(workerEnvironment(environment)).metricsPort).toBe(9465);
  });

  it('sets no metrics port for the worker by default', () => {
    expect(readConfig(workerEnvironment(serviceEnvironment({}, around))).metricsPort).toBeUndefined();
  });
});
