import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readConfig, variables } from '#libs/config';
import { projectRoot } from '#libs/local-services';

const folder = path.join(projectRoot, 'deploy/systemd');
const units = readdirSync(folder).filter((name) => name.endsWith('.service'));
/** Returns a unit that can be started. A template itself cannot. */
const instance = (unit: string): string => unit.replace('@.', '@1.');
const analyze = (...args: string[]): readonly [number | null, string] => {
  const environment = { ...process.env, SYSTEMD_UNIT_PATH: `${folder}:` };
  const { status, stdout, stderr } = spawnSync('systemd-analyze', args, { env: environment, encoding: 'utf8' });
  return [status, stdout + stderr];
};
const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;
if (!hasSystemd) console.warn('systemd does not check deploy/systemd: systemd-analyze is not installed');
const withSystemd = hasSystemd ? it : it.skip;

/** Returns the settings of a unit and the shared ones, by name. A name may occur several times. */
function settings(unit: string): ReadonlyMap<string, readonly string[]> {
  const files = [path.join(folder, 'timbre-.service.d/common.conf'), path.join(folder, unit)];
  const found = new Map<string, string[]>();
  for (const [, name = '', value = ''] of files
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n')
    .matchAll(/^(\w+)=(.*)$/gm))
    found.set(name, [...(found.get(name) ?? []), value]);
  return found;
}

/** Returns the environment variables that a unit sets, without those of the operator's file. */
function environmentOf(unit: string): Record<string, string> {
  const pairs = (settings(unit).get('Environment') ?? []).flatMap((line) => line.split(' '));
  return Object.fromEntries(pairs.map((pair) => pair.replace('%i', '1').split('=') as [string, string]));
}

describe('deploy/systemd', () => {
  it.each(units)('%s runs a file that the build creates', (unit) => {
    const [, file = ''] = /^node (dist\/\S+\.js)/.exec(settings(unit).get('ExecStart')?.[0] ?? '') ?? [];
    expect(existsSync(path.join(projectRoot, file))).toBe(true);
  });

  it.each(units)('%s has only settings that Timbre knows and accepts', (unit) => {
    const environment = environmentOf(unit);
    const known = ['NODE_ENV', ...Object.values(variables).map(({ name }) => name)];
    expect(known).toEqual(expect.arrayContaining(Object.keys(environment)));
    const required = { DATABASE_URL: 'postgres://h/d', REDIS_URL: 'redis://h', RUNPOD_API_KEY: 'k' };
    const runpod = { CALLBACK_URL: 'https://timbre.example.com' };
    expect(readConfig({ ...environment, ...required, ...runpod }).dataDir).toBe('/var/lib/timbre');
  });

  it.each(['timbre-api@.service', 'timbre-worker@.service'])('%s has enough time to stop', (unit) => {
    const given = environmentOf(unit);
    const used = variables.shutdownGraceSeconds.read(given['SHUTDOWN_GRACE_SECONDS']);
    expect(Number(settings(unit).get('TimeoutStopSec')?.[0])).toBeGreaterThanOrEqual(used + 10);
  });

  it.each(['timbre-api@.service', 'timbre-worker@.service'])(
    '%s is always restarted, except with wrong settings, and keeps other ffmpegs running after an OOM kill or a stop',
    (unit) => {
      const one = (name: string): string => settings(unit).get(name)?.join(' ') ?? '';
      expect(
        ['Restart', 'StartLimitIntervalSec', 'RestartPreventExitStatus', 'OOMPolicy', 'KillMode'].map(one),
      ).toEqual([...['always', '0', '78', 'continue', 'mixed']]);
      expect(Number(one('RestartSec'))).toBeGreaterThanOrEqual(5);
    },
  );

  withSystemd('is valid according to systemd', () => {
    const files = units.map((unit) => path.join(folder, unit));
    expect(analyze('verify', '--man=no', ...files)).toEqual([0, '']);
  });

  withSystemd.each(units)('%s has an exposure level below 2 of 10', (unit) => {
    const [status, said] = analyze('security', '--offline=yes', '--threshold=20', '--no-pager', instance(unit));
    expect([status, said]).toEqual([0, expect.stringContaining('Overall exposure level')]);
  });
});
