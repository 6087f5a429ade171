import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { withSecretsFromFiles } from '#libs/config';
import { isPortFree, projectRoot } from '#libs/local-services';
import { banner } from './banner.js';
import { wrongSettings } from './check-settings.js';
import { demoKey } from './demo-key.js';
import { developmentDefaults, followChanges, forDevelopment } from './dev.js';
import { readEngine } from './gpu/engine-flag.js';
import { InstanceLock } from './instance-lock.js';
import { Run } from './run.js';
import { readSettings, type Settings } from './settings.js';
import { startTimbre } from './start.js';

/** Started by scripts/dev.mjs, which compiles what changes. */
const isDev = process.argv.includes('--dev');

const say = (name: string, line: string): void => void process.stdout.write(`${name.padEnd(8)} | ${line}\n`);
const report = (line: string): void => say('timbre', line);

/** Makes sure that the port is free and locks the data folder, before the first process starts. */
async function prepare(environment: NodeJS.ProcessEnv): Promise<{ settings: Settings; lock: InstanceLock }> {
  const settings = readSettings(environment);
  // If root starts Timbre, Postgres runs as another user, who must be able to enter the folder. Secrets in it are files
  // that only we can read.
  mkdirSync(settings.dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  const lock = await InstanceLock.take(settings.dataDir);
  if (await isPortFree(settings.port)) return { settings, lock };
  lock.release();
  throw new Error(`Port ${settings.port} is in use by another program. Choose another one: PORT=8081 npm start`);
}

async function showHowToUse(settings: Settings): Promise<void> {
  const keyFile = path.join(settings.dataDir, 'demo-key');
  const { address, adminApiKey, isAdminKeyOfThisRun, hasQueuesBoard } = settings;
  const isBuilt = existsSync(path.join(projectRoot, 'dist/console/index.html'));
  const console = settings.hasConsole ? (isBuilt ? 'on' : 'missing') : 'off';
  const keys = settings.isProduction
    ? undefined
    : {
        demo: await demoKey(address, adminApiKey, keyFile),
        admin: isAdminKeyOfThisRun ? adminApiKey : undefined,
      };
  const recording = path.join(projectRoot, 'test/fixtures/speech/en-75s.flac');
  process.stdout.write(`${banner({ address, keys, recording, console, hasQueuesBoard })}\n`);
}

async function main(): Promise<void> {
  const wrong = wrongSettings(process.env);
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
  const environment = withSecretsFromFiles({ ...(isDev && developmentDefaults), ...process.env });
  const engine = readEngine(process.argv.slice(2), Boolean(environment['RUNPOD_BASE_URL']));
  const { settings, lock } = await prepare(environment);
  const onGiveUp = (): void => {
    if (isDev) return report('Waiting for a change');
    process.exitCode = 1;
    void run.stop();
  };
  const run = new Run(lock, { line: say, report }, { onGiveUp, ...(isDev && { adapt: forDevelopment }) });
  const stop = (): void => {
    if (!run.isStopping) report('Stopping …');
    void run.stop();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  process.on('disconnect', stop);

  try {
    const env = await startTimbre(run, settings, { environment, engine, report });
    await showHowToUse(settings);
    if (isDev) followChanges(run, env, report);
  } catch (error) {
    if (!run.isStopping) {
      process.exitCode = 1;
      report((error as Error).message);
    }
    await run.stop();
  }
}

main().catch((error: unknown) => {
  report((error as Error).message);
  process.exitCode = 1;
});
