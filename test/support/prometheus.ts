import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { dump, load } from 'js-yaml';
import { projectRoot } from '#libs/local-services';
import { freePort } from './ports.js';
import { waitFor } from './wait-for.js';

const run = promisify(execFile);
const folders = ['/usr/bin', '/usr/local/bin', ...(process.env['PATH'] ?? '').split(path.delimiter)];
const program = (name: string): string | undefined =>
  folders.map((folder) => path.join(folder, name)).find((file) => existsSync(file));
const [prometheus, promtool] = [program('prometheus'), program('promtool')];

/** Says why alerts cannot be tested here. Null if they can. */
export const prometheusMissing =
  prometheus === undefined || promtool === undefined
    ? 'deploy/prometheus is not tested: Prometheus is not installed (Debian: prometheus)'
    : null;

/** Longer than the 2 s in which a process refreshes its gauges. */
const scrapeEvery = '3s';
/** In the tests, a minute of a rule's window and of its `for` lasts this long. */
const [windowSeconds, forSeconds] = [3, 1];

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
}
interface Rules {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
}

const deployed = (file: string): string => path.join(projectRoot, 'deploy/prometheus', file);

/** The deployed rules. */
export async function deployedRules(): Promise<readonly Rule[]> {
  const { groups } = load(await readFile(deployed('alerts.yml'), 'utf8')) as Rules;
  return groups.flatMap(({ rules }) => rules);
}

/** The same rules, in which windows and `for` last seconds instead of minutes. Thresholds stay. */
async function quickRules(): Promise<string> {
  const { groups } = load(await readFile(deployed('alerts.yml'), 'utf8')) as Rules;
  const inSeconds = (text: string, seconds: number): string =>
    text.replaceAll(/\b(\d+)m\b/g, (_all, minutes) => `${Number(minutes) * seconds}s`);
  const quick = groups.map(({ rules, ...group }) => ({
    ...group,
    rules: rules.map((rule) => ({
      ...rule,
      expr: inSeconds(rule.expr, windowSeconds).replaceAll(/\b(\d+) \* 60\b/g, `$1 * ${windowSeconds}`),
      ...(rule.for !== undefined && { for: inSeconds(rule.for, forSeconds) }),
    })),
  }));
  return dump({ groups: quick });
}

/** A real Prometheus with deploy/prometheus that scrapes processes on this machine every 3 s. */
export class Prometheus {
  private constructor(
    private readonly process: ChildProcess,
    private readonly url: string,
  ) {}

  /** Checks the deployed files with promtool. @throws Error with its output */
  static async check(): Promise<void> {
    await run(promtool ?? '', ['check', 'rules', deployed('alerts.yml')]);
    await run(promtool ?? '', ['check', 'config', deployed('scrape.yml')]);
  }

  /** @param targets ports of METRICS_PORT by scrape job */
  static async start(folder: string, targets: Readonly<Record<string, readonly number[]>>): Promise<Prometheus> {
    const home = path.join(folder, 'prometheus');
    await mkdir(home);
    const configuration = {
      global: { scrape_interval: scrapeEvery, scrape_timeout: scrapeEvery, evaluation_interval: '500ms' },
      rule_files: ['alerts.yml'],
      scrape_configs: Object.entries(targets).map(([name, ports]) => ({
        job_name: name,
        static_configs: [{ targets: ports.map((port) => `127.0.0.1:${port}`) }],
      })),
    };
    await writeFile(path.join(home, 'prometheus.yml'), dump(configuration));
    await writeFile(path.join(home, 'alerts.yml'), await quickRules());
    const address = `127.0.0.1:${await freePort()}`;
    const child = spawn(
      prometheus ?? '',
      [
        `--config.file=${home}/prometheus.yml`,
        `--storage.tsdb.path=${home}/data`,
        `--web.listen-address=${address}`,
        '--log.level=error',
      ],
      { stdio: 'inherit' },
    );
    const made = new Prometheus(child, `http://${address}`);
    await waitFor('Prometheus', () =>
      fetch(`${made.url}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    return made;
  }

  /** Returns the names of the firing and of the pending alerts. */
  async alerts(): Promise<{ readonly firing: ReadonlySet<string>; readonly pending: ReadonlySet<string> }> {
    const { alerts } = await this.ask<{ alerts: { labels: { alertname: string }; state: string }[] }>('alerts');
    const inState = (wanted: string): ReadonlySet<string> =>
      new Set(alerts.filter(({ state }) => state === wanted).map(({ labels }) => labels.alertname));
    return { firing: inState('firing'), pending: inState('pending') };
  }

  /** Returns the number of series of a query. */
  async count(query: string): Promise<number> {
    return (await this.ask<{ result: unknown[] }>(`query?${new URLSearchParams({ query }).toString()}`)).result.length;
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null) return;
    const ended = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    await ended;
  }

  private async ask<T>(route: string): Promise<T> {
    const answer = await fetch(`${this.url}/api/v1/${route}`);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`Prometheus: ${answer.status} ${text}`);
    return (JSON.parse(text) as { data: T }).data;
  }
}
