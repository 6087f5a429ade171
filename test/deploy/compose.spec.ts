import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readConfig, variables } from '#libs/config';
import { parseFlags } from '../../apps/runpod-emulator/src/flags.js';
import { apiProcess, emulatorProcess, migrateProcess, workerProcess } from '../../apps/standalone/src/parts.js';
import { projectRoot } from '../../apps/standalone/src/project-root.js';
import { composeFile, interpolate } from './compose-file.js';

const { services, volumes } = composeFile();
const ours = Object.entries(services).filter(([, service]) => service.build !== undefined);
const adminKey = { ADMIN_API_KEY: 'a-secret-of-24-characters' };

/** What a service's processes get when the operator sets only this. */
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

  it.each(ours)('%s runs a file that the build makes', (_, service) => {
    const source = service.command?.[1]?.replace(/^dist\//, '').replace(/\.js$/, '.ts') ?? '';
    expect(existsSync(path.join(projectRoot, source))).toBe(true);
  });

  it.each(['migrate', 'api', 'worker'])('%s gets an environment that the configuration accepts', (name) => {
    const environment = environmentOf(name, adminKey);
    expect(readConfig(environment)).toMatchObject({ port: 8080, callbackUrl: 'http://api:8080' });
    const ofTheSdk = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION'];
    const known = [...Object.values(variables).map((variable) => variable.name), ...ofTheSdk];
    expect(known).toEqual(expect.arrayContaining(Object.keys(environment)));
  });

  it('takes the operator’s values and refuses to start without an admin key', () => {
    const given = { ...adminKey, RUNPOD_BASE_URL: 'https://api.runpod.ai/v2', CALLBACK_URL: 'https://timbre.example' };
    expect(readConfig(environmentOf('api', given))).toMatchObject({
      runpodBaseUrl: 'https://api.runpod.ai/v2',
      callbackUrl: 'https://timbre.example',
    });
    expect(() => environmentOf('api', {})).toThrow('ADMIN_API_KEY must be a secret of at least 24 characters');
  });

  it('gives the emulator flags that it takes, and the API its address and key', () => {
    const args = services['emulator']?.command?.slice(2).map((arg) => interpolate(arg, {})) ?? [];
    const flags = parseFlags(args, new URL('file:///engine.js'));
    const config = readConfig(environmentOf('api', adminKey));
    expect(config.runpodBaseUrl).toBe(`http://emulator:${flags.port}/v2`);
    expect(config.runpodApiKey).toBe(flags.apiKey);
    expect(flags.host).toBe('0.0.0.0');
  });

  it('waits only for what can come true', () => {
    for (const [name, service] of Object.entries(services)) {
      for (const [needed, { condition }] of Object.entries(service.depends_on ?? {})) {
        const other = services[needed];
        const reachable =
          condition === 'service_completed_successfully' ? other?.restart === 'no' : other?.healthcheck?.test;
        expect([name, needed, Boolean(reachable)]).toEqual([name, needed, true]);
      }
    }
  });

  it('keeps what must last in named volumes', () => {
    const used = Object.values(services).flatMap((service) => service.volumes ?? []);
    expect(new Set(used)).toEqual(
      new Set(['postgres:/var/lib/postgresql', 'valkey:/data', 'data:/data', 'objects:/data']),
    );
    expect(Object.keys(volumes).sort()).toEqual(['data', 'objects', 'postgres', 'valkey']);
  });

  it('lets no process write but to its volume and /tmp, or gain rights', () => {
    for (const [name, service] of Object.entries(services)) {
      expect([name, service.read_only, service.cap_drop, service.security_opt]).toEqual([
        ...[name, true, ['ALL']],
        ['no-new-privileges:true'],
      ]);
      expect(service.tmpfs?.join(' ')).toContain('/tmp');
    }
  });

  it('runs the servers of others as users of their images, but MinIO, whose image has none', () => {
    const users = Object.entries(services).filter(([, { build }]) => build === undefined);
    expect(users.map(([name, { user }]) => [name, user])).toEqual([
      ['postgres', 'postgres'],
      ['valkey', 'valkey'],
      ['minio', undefined],
      ['bucket', undefined],
    ]);
  });

  it('makes the bucket before anybody asks for it, and only with MinIO', () => {
    for (const name of ['api', 'worker']) expect(services[name]?.depends_on?.['bucket']?.required).toBe(false);
    const [script] = services['bucket']?.command ?? [];
    expect(script).toContain('mc mb --ignore-existing "here/$$BUCKET"');
    expect(services['bucket']?.depends_on).toEqual({ minio: { condition: 'service_healthy' } });
  });

  it('gives processes longer to stop than they promise to take', () => {
    for (const name of ['api', 'worker']) {
      const seconds = Number(/^(\d+)s$/.exec(services[name]?.stop_grace_period ?? '')?.[1]);
      expect(seconds).toBeGreaterThan(readConfig(environmentOf(name, adminKey)).shutdownGraceSeconds);
    }
  });

  it('never lets Valkey drop a queue', () => {
    expect(services['valkey']?.command?.join(' ')).toMatch(/--appendonly yes .*--maxmemory-policy noeviction/);
  });

  it('gives every server a memory that has an end, and Valkey less than the engine would kill it for', () => {
    for (const [name, service] of Object.entries(services))
      expect([name, typeof service.mem_limit]).toEqual([name, 'string']);
    const [, megabytes] = /--maxmemory (\d+)mb/.exec(services['valkey']?.command?.join(' ') ?? '') ?? [];
    expect(Number(megabytes)).toBeLessThan(parseInt(services['valkey']?.mem_limit ?? '', 10));
  });

  it('asks every server but the stand-in how it is', () => {
    const ofItsImage = ['api', 'emulator', 'migrate', 'bucket']; // api: the Dockerfile's; migrate and bucket end
    const asked = Object.keys(services).filter((name) => services[name]?.healthcheck?.test !== undefined);
    expect([...asked, ...ofItsImage].sort()).toEqual(Object.keys(services).sort());
  });

  it('names nothing of a worker that two could not share, so that --scale works', () => {
    const worker = services['worker'];
    expect([worker?.ports, worker?.container_name, worker?.hostname]).toEqual([undefined, undefined, undefined]);
  });
});
