import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '#libs/local-services';
import { Authority } from './certificates.js';
import { freePort } from './ports.js';
import { waitFor } from './wait-for.js';

const run = promisify(execFile);
const program = ['/usr/sbin/nginx', '/usr/bin/nginx', '/usr/local/bin/nginx'].find((file) => existsSync(file));

/** Says why deploy/nginx cannot be tested here. Null if it can. */
export const nginxMissing =
  program === undefined ? 'deploy/nginx is not tested: nginx is not installed (Debian: nginx-light)' : null;

export interface NginxOptions {
  /** Ports of the APIs behind it. */
  readonly apis: readonly number[];
  /** Folder for nginx' files. */
  readonly folder: string;
  /** Folder of the objects, for DOWNLOADS=proxy. */
  readonly objects?: string;
  /** Lines added to the http block. */
  readonly http?: string;
}

/** Runs nginx with deploy/nginx/timbre.conf, in which only addresses and folders are replaced. */
export class Nginx {
  private constructor(
    private readonly process: ChildProcess,
    private readonly folder: string,
    /** The URL without TLS. Everything else is the same as with TLS. */
    readonly port: number,
    readonly tlsPort: number,
    readonly redirectPort: number,
    /** Authority of its certificate, PEM. */
    readonly ca: string,
  ) {}

  static async start(options: NginxOptions): Promise<Nginx> {
    const folder = path.join(options.folder, 'nginx');
    await mkdir(folder);
    const [port, tlsPort, redirectPort] = [await freePort(), await freePort(), await freePort()];
    const authority = await Authority.make(folder, 'authority');
    await authority.issue('server', 'DNS:localhost,IP:127.0.0.1');
    const file = path.join(folder, 'nginx.conf');
    await writeFile(file, await configuration(options, folder, { port, tlsPort, redirectPort }));
    await run(program ?? '', ['-t', '-q', '-c', file, '-p', folder]);
    const child = spawn(program ?? '', ['-c', file, '-p', folder], { stdio: 'inherit' });
    const nginx = new Nginx(child, folder, port, tlsPort, redirectPort, await readFile(authority.file, 'utf8'));
    const answers = (): Promise<boolean> => fetch(`http://127.0.0.1:${port}/`).then(Boolean, () => false);
    await waitFor('nginx', answers);
    return nginx;
  }

  /** Returns its logs so far. */
  async logs(): Promise<{ readonly access: string; readonly error: string }> {
    const read = (name: string): Promise<string> => readFile(path.join(this.folder, `timbre.${name}.log`), 'utf8');
    return { access: await read('access'), error: await read('error') };
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null) return;
    const ended = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    await ended;
  }
}

interface Ports {
  readonly port: number;
  readonly tlsPort: number;
  readonly redirectPort: number;
}

async function configuration(options: NginxOptions, folder: string, ports: Ports): Promise<string> {
  let server = await readFile(path.join(projectRoot, 'deploy/nginx/timbre.conf'), 'utf8');
  const put = (found: RegExp, text: string): void => {
    if (!found.test(server)) throw new Error(`deploy/nginx/timbre.conf does not hold ${String(found)}`);
    server = server.replace(found, text);
  };
  const apis = options.apis.map((api) => `server 127.0.0.1:${api} max_fails=0;`);
  put(/(server 127\.0\.0\.1:\d+ max_fails=0;\s+)+/, `${apis.join(' ')}\n  `);
  put(/listen 80;\s+listen \[::\]:80;/, `listen 127.0.0.1:${ports.redirectPort};`);
  put(
    /listen 443 ssl;\s+listen \[::\]:443 ssl;/,
    `listen 127.0.0.1:${ports.tlsPort} ssl; listen 127.0.0.1:${ports.port};`,
  );
  put(/\/etc\/ssl\/timbre\/fullchain\.pem/, path.join(folder, 'server.pem'));
  put(/\/etc\/ssl\/timbre\/privkey\.pem/, path.join(folder, 'server.key'));
  put(/\/var\/log\/nginx\//g, `${folder}/`);
  if (options.objects !== undefined) put(/\/var\/lib\/timbre\/objects\/objects\//, `${options.objects}/`);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${path.join(folder, name)};`,
  );
  return [
    'daemon off; worker_processes 2; error_log stderr alert;',
    ...(process.getuid?.() === 0 ? ['user nobody root;'] : []),
    `pid ${path.join(folder, 'pid')}; events {}`,
    `http { access_log off; default_type application/octet-stream; ${temporary.join(' ')} ${options.http ?? ''}`,
    `${server} }`,
  ].join('\n');
}
