import { spawn, spawnSync, type ChildProcess, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createReadStream, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { projectRoot } from '#libs/local-services';
import { waitFor } from './wait-for.js';

/** What the host must have installed: a name for people, and a file. */
const needs: readonly (readonly [string, string])[] = [
  ['systemd', '/lib/systemd/systemd'],
  ['util-linux', '/usr/bin/nsenter'],
  ['postgresql', '/usr/bin/pg_createcluster'],
  ['redis-server', '/usr/bin/redis-server'],
  ['nginx', '/usr/sbin/nginx'],
  ['ffmpeg', '/usr/bin/ffmpeg'],
  ['espeak-ng', '/usr/bin/espeak-ng'],
  ['curl', '/usr/bin/curl'],
  ['nodejs', '/usr/bin/node'],
];

/** Tries the mounts of machine.sh. In many containers root may not do this. */
const mounts =
  'mount -t tmpfs tmpfs /mnt && mkdir /mnt/upper /mnt/work && mount -t cgroup2 cgroup2 /media && ' +
  'mount -t overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work overlay /mnt';

/** Returns what is missing to start a {@link Machine} here, empty if nothing is. */
export function missingForMachine(): string[] {
  const missing = needs.filter(([, file]) => !existsSync(file)).map(([name]) => name);
  const namespaces = ['--mount', '--pid', '--fork', '--uts', '--ipc', '--net', '--cgroup'];
  const mayMount = spawnSync('unshare', [...namespaces, 'sh', '-c', mounts], { stdio: 'ignore' }).status === 0;
  return mayMount ? missing : ['the right to mount', ...missing];
}

const firstChild = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')[0]);

/**
 * A fresh Debian machine inside this one, with systemd as its process 1 (machine.sh). It has the packages of this machine
 * without their configuration. All changes are gone when it stops.
 */
export class Machine {
  private constructor(
    private readonly host: ChildProcess,
    private readonly folder: string,
    private init: number,
  ) {}

  static async start(): Promise<Machine> {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'timbre-machine-'));
    const script = path.join(projectRoot, 'test/support/machine.sh');
    const host = spawn(script, [folder, projectRoot], { stdio: ['ignore', 'pipe', 'pipe'] });
    const said: string[] = [];
    for (const stream of [host.stdout, host.stderr]) stream.on('data', (bytes: Buffer) => said.push(bytes.toString()));
    const machine = new Machine(host, folder, 0);
    await machine.booted().catch(async (error: unknown) => {
      await machine.stop();
      throw new Error(`The machine did not boot: ${said.join('')}`, { cause: error });
    });
    return machine;
  }

  /** Waits until every service of the boot has started. */
  private async booted(): Promise<void> {
    const before = this.init;
    await waitFor('systemd', () => {
      try {
        this.init = firstChild(firstChild(this.host.pid ?? 0));
        return this.init !== before && readFileSync(`/proc/${this.init}/comm`, 'utf8') === 'systemd\n';
      } catch {
        return false; // not yet, or between two boots
      }
    });
    await waitFor('the services', async () => {
      const { stdout } = await this.run('systemctl is-system-running --wait || true');
      return /^(running|degraded)$/m.test(stdout);
    });
  }

  private inside(script: string): ChildProcessWithoutNullStreams {
    const environment = [
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'HOME=/root',
      'LANG=C.UTF-8',
    ];
    const shell = ['bash', '--norc', '-euo', 'pipefail', '-c', `cd /root; ${script}`];
    return spawn('nsenter', ['--target', String(this.init), '--all', '--', 'env', '-i', ...environment, ...shell]);
  }

  /** Runs lines in root's shell and home. Stops at the first that fails. */
  async run(
    script: string,
  ): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
    const child = this.inside(script);
    child.stdin.end();
    const code = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
    const [ended, stdout, stderr] = await Promise.all([code, text(child.stdout), text(child.stderr)]);
    return { code: ended, stdout, stderr };
  }

  /** Returns the output of lines. Throws if one fails. */
  async output(script: string): Promise<string> {
    const { code, stdout, stderr } = await this.run(script);
    if (code !== 0) throw new Error(`ended with ${code}: ${script}\n${stdout}\n${stderr}`);
    return stdout.trim();
  }

  /** Copies a file of the host into root's home. */
  async receive(file: string, name = path.basename(file)): Promise<void> {
    const child = this.inside(`cat > '${name}'`);
    createReadStream(file).pipe(child.stdin);
    await Promise.all([new Promise((resolve) => child.on('close', resolve)), buffer(child.stdout)]);
  }

  async reboot(): Promise<void> {
    await this.run('systemctl reboot');
    await this.booted();
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.host.on('close', resolve));
    if (this.host.exitCode === null && this.host.kill('SIGTERM')) await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}
