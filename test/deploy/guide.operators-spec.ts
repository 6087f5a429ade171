import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { projectRoot } from '#libs/local-services';
import { speech } from '../support/audio-measure.js';
import { Machine, missingForMachine } from '../support/machine.js';
import { temporaryFolder } from '../support/services.js';

const missing = missingForMachine();
if (missing.length > 0) console.warn(`The guide's commands are not run: this machine lacks ${missing.join(', ')}`);

/** The commands of the chapter by code block, as an operator pastes them. */
function commands(): readonly string[] {
  const guide = readFileSync(path.join(projectRoot, 'docs/operations.md'), 'utf8');
  const chapter = guide.split('\n## Debian and systemd\n')[1]?.split('\n## ')[0] ?? '';
  return [...chapter.matchAll(/^```sh\n(.*?)^```/gms)].map(([, lines = '']) => lines);
}
const blocks = commands();
const [firstVoice, living, newRelease] = [blocks.slice(0, -2).join(''), blocks.at(-2) ?? '', blocks.at(-1) ?? ''];
const versionIn = (script: string): string => /^VERSION=(.*)$/m.exec(script)?.[1] ?? '';

const services = ['timbre-emulator', 'timbre-api@0', 'timbre-api@1', 'timbre-worker@0'];

describe('the guide', () => {
  it('installs the release to which it belongs', () => {
    const { version } = JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8')) as { version: string };
    expect(versionIn(firstVoice)).toBe(version);
    expect(blocks).toHaveLength(9);
  });
});

(missing.length > 0 ? describe.skip : describe)('a fresh machine with the commands of the guide', () => {
  const folder = temporaryFolder();
  let machine: Machine;
  /** Returns a property of a service from systemd. */
  const property = (service: string, name: string): Promise<string> =>
    machine.output(`systemctl show --value --property=${name} ${service}`);
  const until = (condition: string): Promise<string> => machine.output(`until ${condition}; do sleep 0.1; done`);
  /** The settings and helper of the guide, repeated because each command of this test runs in a new shell. */
  const client = `. /etc/timbre/timbre.env; ask() { curl -fsS --cacert /etc/ssl/timbre/fullchain.pem "$@"; }; `;

  beforeAll(async () => {
    const file = path.join(folder, `timbre-${versionIn(firstVoice)}.tgz`);
    const made = spawnSync(process.execPath, [path.join(projectRoot, 'scripts/package.mjs'), '--to', file]);
    expect([made.status, made.stderr.toString()]).toEqual([0, '']);
    machine = await Machine.start();
    await machine.receive(file);
    await machine.receive(speech('en'), 'recording.flac');
  });
  afterAll(async () => {
    await machine?.stop();
    rmSync(folder, { recursive: true });
  });

  it('has no npm, no network and no files of Timbre', async () => {
    expect(await machine.output('command -v npm npx || true; ls /sys/class/net')).toBe('lo');
    expect(await machine.output(`ls ${projectRoot} 2> /dev/null || true; compgen -G '/opt/timbre*' || true`)).toBe('');
    expect((await machine.run('id timbre')).code).toBe(1);
  });

  it('creates a voice', async () => {
    const said = await machine.output(`${firstVoice}\necho; echo "KEY=$KEY" > key`);
    expect(said).toContain('"status":{"splitting":"completed","embedding":"completed"}');
    expect(said).toContain('"errors":{"splitting":null,"embedding":null},"warnings":[]');
    expect(await machine.output('head -c 4 preview.opus')).toBe('OggS');
  });

  it('runs as its own user, who owns the data and cannot change the program', async () => {
    for (const service of services) {
      const pid = await property(service, 'MainPID');
      const status = await machine.output(`stat --format='User: %U' /proc/${pid}; cat /proc/${pid}/status`);
      const value = (name: string): string => new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(status)?.[1] ?? '';
      expect([service, ...['User', 'Umask', 'NoNewPrivs', 'CapBnd'].map(value)]).toEqual([
        ...[service, 'timbre', '0077', '1', '0000000000000000'],
      ]);
    }
    expect(await machine.output('find /var/lib/timbre ! -user timbre')).toBe('');
    expect(await machine.output('find -L /opt/timbre ! -user root -o -perm /022')).toBe('');
    const strangers = await machine.run('runuser -u www-data -- cat /etc/timbre/timbre.env /var/lib/timbre/objects');
    expect(strangers.stderr.match(/Permission denied/g)).toHaveLength(2);
  });

  it('lets a worker that is stopped finish its split', async () => {
    await machine.output(`${client} . ./key
      ffmpeg -loglevel error -stream_loop 23 -i recording.flac -c:a flac long.flac
      ask -o /dev/null "$PUBLIC_URL/api/voices/my-partner" -H "X-Api-Key: $KEY" -F name=long -F file=@long.flac`);
    await until('pgrep --full "^/usr/bin/ffmpeg.*opus"');
    await machine.output('systemctl stop timbre-worker@0');
    const status = `SELECT splitting_status FROM voices WHERE name = 'long'`;
    expect(await machine.output(`runuser -u postgres -- psql -At timbre -c "${status}"`)).toBe('completed');
    await machine.output('systemctl start timbre-worker@0');
  });

  it('restarts a killed process after a delay', async () => {
    const killed = Number(
      await machine.output('systemctl kill --signal=KILL timbre-api@1; cut -d " " -f 1 /proc/uptime'),
    );
    await until(`[ "$(systemctl show --value --property=NRestarts timbre-api@1)" = 1 ]`);
    await until('curl -fs http://127.0.0.1:8081/api/health/ready');
    const again = Number(await property('timbre-api@1', 'ExecMainStartTimestampMonotonic')) / 1e6;
    expect(again - killed).toBeGreaterThan(4.5);
  });

  it('does not restart a process with wrong settings, and logs which are wrong', async () => {
    await machine.output('cp -p /etc/timbre/timbre.env kept; echo PORT=80a >> /etc/timbre/timbre.env');
    await machine.output('systemctl restart timbre-api@1');
    await until('systemctl is-failed --quiet timbre-api@1');
    expect(await property('timbre-api@1', 'ExecMainStatus')).toBe('78');
    expect(await property('timbre-api@1', 'NRestarts')).toBe('0');
    expect(await machine.output('journalctl -u timbre-api@1 -o cat -n 20')).toContain('PORT must be a whole number');
    await machine.output('mv kept /etc/timbre/timbre.env; systemctl start timbre-api@1');
    await until('curl -fs http://127.0.0.1:8081/api/health/ready');
  });

  it('starts by itself after a reboot', async () => {
    await machine.reboot();
    for (const port of [8080, 8081]) await until(`curl -fs http://127.0.0.1:${port}/api/health/ready`);
    const states = await Promise.all(services.map((service) => property(service, 'ActiveState')));
    expect(states).toEqual(services.map(() => 'active'));
    expect(await machine.output('systemctl --failed --quiet')).toBe('');
    const voice = await machine.output(
      `${client} . ./key; ask "$PUBLIC_URL/api/voices/my-partner/anna" -H "X-Api-Key: $KEY"`,
    );
    expect(voice).toContain('"name":"anna"');
  });

  it('answers every request while its processes are restarted, and while a new release is installed', async () => {
    const [old, next] = [versionIn(firstVoice), versionIn(newRelease)];
    await machine.output(`
      tar -xzf timbre-${old}.tgz --transform s/timbre-${old}/timbre-${next}/
      sed -i 's/"version": "${old}"/"version": "${next}"/' timbre-${next}/package.json
      tar -czf timbre-${next}.tgz timbre-${next}`);
    const asking = machine.output(`${client} . ./key; while [ ! -e upgraded ]; do
      ask -o /dev/null -w '%{http_code}\n' "$PUBLIC_URL/api/voices/my-partner/anna" -H "X-Api-Key: $KEY" || echo cut
      sleep 0.12 # the limit of a key is 600 a minute
    done | sort | uniq -c`);
    const listed = await machine.output(living);
    for (const service of services) expect(listed).toContain(service);
    expect(listed).toContain('"msg":');
    await machine.output(newRelease);
    await machine.output('touch upgraded');
    expect(await asking).toMatch(/^\d+ 200$/);
    for (const port of [8080, 8081]) {
      expect(await machine.output(`curl -fsS http://127.0.0.1:${port}/api/openapi.json`)).toContain(
        `"version":"${next}"`,
      );
    }
    expect(await machine.output(`readlink /proc/$(systemctl show --value -p MainPID timbre-worker@0)/cwd`)).toBe(
      `/opt/timbre-${next}`,
    );
  });
});
