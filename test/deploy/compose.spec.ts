import { execFile as execFileWithCallback } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { readConfig, variables } from '#libs/config';
import { apiProcess, emulatorProcess, migrateProcess, projectRoot, workerProcess } from '#libs/local-services';
import { parseFlags } from '../../apps/runpod-emulator/src/flags.js';
import { workerSideEnvironment } from '../../apps/standalone/src/gpu/pocket-tts.js';
import { composeFile, interpolate } from './compose-file.js';

const execFile = promisify(execFileWithCallback);

const { services, volumes } = composeFile();
const ours = Object.entries(services).filter(([, service]) => service.build?.target !== undefined);
/** The settings without a default. */
const secrets = { ADMIN_API_KEY: 'a-secret-of-24-characters', POSTGRES_PASSWORD: 'a-password' };

/** Returns the environment of a service's processes if the operator sets only these values. */
function environmentOf(name: string, given: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(services[name]?.environment ?? {});
  return Object.fromEntries(entries.map(([key, value]) => [key, interpolate(String(value), given)]));
}

describe('docker-compose.yml', () => {
  it('runs the commands that npm start and the tests run', () => {
    const emulator = { port: 1, apiKey: 'x', ffmpegPath: '/x' };
    const parts = [migrateProcess({}), apiProcess({}, ''), workerProcess({}), emulatorProcess({}, emulator)];
    const modules = parts.map((part) => path.relative(projectRoot, part.module));
    expect(ours.map(([, service]) => service.command?.slice(0, 2))).toEqual(modules.map((module) => ['node', module]));
  });

  it.each(ours)('%s runs a file that the build creates', (_, service) => {
    expect(existsSync(path.join(projectRoot, service.command?.[1] ?? 'no command'))).toBe(true);
  });

  it.each(['migrate', 'api', 'worker'])('%s gets an environment that the configuration accepts', (name) => {
    const environment = environmentOf(name, secrets);
    expect(readConfig(environment)).toMatchObject({ port: 8080, callbackUrl: 'http://api:8080' });
    const ofTheSdk = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION'];
    const known = [...Object.values(variables).map((variable) => variable.name), ...ofTheSdk];
    expect(known).toEqual(expect.arrayContaining(Object.keys(environment)));
  });

  it('uses the operator’s values and refuses to start without an admin key and a password', () => {
    const given = { ...secrets, RUNPOD_BASE_URL: 'https://api.runpod.ai/v2', CALLBACK_URL: 'https://timbre.example' };
    expect(readConfig(environmentOf('api', given))).toMatchObject({
      runpodBaseUrl: 'https://api.runpod.ai/v2',
      callbackUrl: 'https://timbre.example',
    });
    const { ADMIN_API_KEY, POSTGRES_PASSWORD } = secrets;
    expect(() => environmentOf('api', { POSTGRES_PASSWORD })).toThrow('ADMIN_API_KEY must be a secret of at least 24');
    expect(() => environmentOf('api', { ADMIN_API_KEY })).toThrow('POSTGRES_PASSWORD must be a password');
  });

  it('passes valid flags to the emulator, and its address and key to the API', () => {
    const args = services['emulator']?.command?.slice(2).map((arg) => interpolate(arg, {})) ?? [];
    const { RUNPOD_API_KEY: key } = environmentOf('emulator', {});
    const flags = parseFlags(args, key, new URL('file:///engine.js'));
    const config = readConfig(environmentOf('api', secrets));
    expect(config.runpodBaseUrl).toBe(`http://emulator:${flags.port}/v2`);
    expect(config.runpodApiKey).toBe(flags.apiKey);
    expect(flags.host).toBe('0.0.0.0');
  });

  it.each(['gpu', 'gpu-cpu'])('%s takes its jobs from the emulator, as beside npm start', (name) => {
    const environment = environmentOf(name, { RUNPOD_API_KEY: 'key' });
    const expected = workerSideEnvironment({
      RUNPOD_BASE_URL: readConfig(environmentOf('api', secrets)).runpodBaseUrl,
      RUNPOD_ENDPOINTS: environmentOf('api', secrets)['RUNPOD_ENDPOINTS'],
      RUNPOD_API_KEY: 'key',
    });
    const asCompose = (value: string): string => value.replaceAll('$', '$$$$').replace('gpu=local', 'gpu=compose');
    for (const [key, value] of Object.entries(expected)) {
      const isName = key === 'RUNPOD_POD_ID';
      expect([key, environment[key]]).toEqual([key, isName ? 'compose' : asCompose(value ?? '')]);
    }
  });

  it('lets the emulator give its jobs to GPU handlers', () => {
    const args = services['emulator']?.command?.slice(2) ?? [];
    const flags = args.map((arg) => interpolate(arg, { EMULATOR_ENGINE: 'worker' }));
    expect(parseFlags(flags, 'key', new URL('file:///engine.js')).engine).toBe('worker');
  });

  it('contains no password, and no key of a server whose port it publishes', () => {
    for (const [name, service] of Object.entries(services)) {
      const isOpen = service.ports !== undefined;
      for (const [key, value] of Object.entries(service.environment ?? {})) {
        const isSecret = /PASSWORD|SECRET/.test(key) || (isOpen && /KEY$/.test(key) && key !== 'RUNPOD_API_KEY');
        if (isSecret)
          expect([name, key, value]).toEqual([name, key, expect.stringMatching(/^\$\{\w+(:-|:\?[^}]+)?\}$/)]);
      }
    }
  });

  it.each([[''], ['timbre-local']])('does not start MinIO with the password %j', async (password) => {
    const script = services['minio']?.command?.[0]?.replaceAll('$$', '$') ?? '';
    const env = { MINIO_ROOT_PASSWORD: password };
    const started = execFile('/bin/sh', ['-ec', script], { env });
    await expect(started).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^AWS_SECRET_ACCESS_KEY must/),
    });
  });

  it('starts MinIO with the operator’s password', async () => {
    const script = services['minio']?.command?.[0]?.replaceAll('$$', '$').replace('exec minio', 'echo minio') ?? '';
    const { stdout } = await execFile('/bin/sh', ['-ec', script], { env: { MINIO_ROOT_PASSWORD: 'x'.repeat(16) } });
    expect(stdout).toMatch(/^minio server .*\/data\n$/);
  });

  it('has only dependency conditions that can be met', () => {
    for (const [name, service] of Object.entries(services)) {
      for (const [needed, { condition }] of Object.entries(service.depends_on ?? {})) {
        const other = services[needed];
        const reachable =
          condition === 'service_completed_successfully' ? other?.restart === 'no' : other?.healthcheck?.test;
        expect([name, needed, Boolean(reachable)]).toEqual([name, needed, true]);
      }
    }
  });

  it('keeps persistent data in named volumes', () => {
    const used = Object.values(services).flatMap((service) => service.volumes ?? []);
    expect(new Set(used)).toEqual(
      new Set(['postgres:/var/lib/postgresql', 'valkey:/data', 'data:/data', 'objects:/data', 'models:/models']),
    );
    expect(Object.keys(volumes).sort()).toEqual(['data', 'models', 'objects', 'postgres', 'valkey']);
  });

  it('lets processes write only to their volumes and /tmp, and gain no privileges', () => {
    for (const [name, service] of Object.entries(services)) {
      expect([name, service.read_only, service.cap_drop, service.security_opt]).toEqual([
        ...[name, true, ['ALL']],
        ['no-new-privileges:true'],
      ]);
      expect(service.tmpfs?.join(' ')).toContain('/tmp');
    }
  });

  it('runs third-party servers as the users of their images, except MinIO, whose image has none', () => {
    const users = Object.entries(services).filter(([, { build }]) => build === undefined);
    expect(users.map(([name, { user }]) => [name, user])).toEqual([
      ['postgres', 'postgres'],
      ['valkey', 'valkey'],
      ['minio', undefined],
      ['bucket', undefined],
    ]);
  });

  it('creates the bucket before it is used, and only with MinIO', () => {
    for (const name of ['api', 'worker']) expect(services[name]?.depends_on?.['bucket']?.required).toBe(false);
    const [script] = services['bucket']?.command ?? [];
    expect(script).toContain('mc mb --ignore-existing "here/$$BUCKET"');
    expect(services['bucket']?.depends_on).toEqual({ minio: { condition: 'service_healthy' } });
  });

  it('gives processes more time to stop than they need at most', () => {
    for (const name of ['api', 'worker']) {
      const seconds = Number(/^(\d+)s$/.exec(services[name]?.stop_grace_period ?? '')?.[1]);
      expect(seconds).toBeGreaterThan(readConfig(environmentOf(name, secrets)).shutdownGraceSeconds);
    }
  });

  it('never lets Valkey evict a queue', () => {
    expect(services['valkey']?.command?.join(' ')).toMatch(/--appendonly yes .*--maxmemory-policy noeviction/);
  });

  it('limits the memory of every server, and Valkey’s own limit is below that of its container', () => {
    for (const [name, service] of Object.entries(services))
      expect([name, typeof service.mem_limit]).toEqual([name, 'string']);
    const [, megabytes] = /--maxmemory (\d+)mb/.exec(services['valkey']?.command?.join(' ') ?? '') ?? [];
    expect(Number(megabytes)).toBeLessThan(parseInt(services['valkey']?.mem_limit ?? '', 10));
  });

  it('has a health check for every server except the emulator', () => {
    // The Dockerfile has the API's; migrate and bucket exit; the GPU handlers only call the emulator.
    const ofItsImage = ['api', 'emulator', 'migrate', 'bucket', 'gpu', 'gpu-cpu'];
    const asked = Object.keys(services).filter((name) => services[name]?.healthcheck?.test !== undefined);
    expect([...asked, ...ofItsImage].sort()).toEqual(Object.keys(services).sort());
  });

  it('gives a worker nothing that two workers cannot share, so that --scale works', () => {
    const worker = services['worker'];
    expect([worker?.ports, worker?.container_name, worker?.hostname]).toEqual([undefined, undefined, undefined]);
  });
});
