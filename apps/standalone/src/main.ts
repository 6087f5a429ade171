import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { withSecretsFromFiles } from '#libs/config';
import { banner } from './banner.js';
import { wrongSettings } from './check-settings.js';
import { demoKey } from './demo-key.js';
import { InstanceLock } from './instance-lock.js';
import { isPortFree } from './ports.js';
import { projectRoot } from './project-root.js';
import { Run } from './run.js';
import { readSettings, type Settings } from './settings.js';
import { startTimbre } from './start.js';

const say = (name: string, line: string): void => void process.stdout.write(`${name.padEnd(8)} | ${line}\n`);
const report = (line: string): void => say('timbre', line);

/** Everything `npm start` needs before its first process: a free port and a data folder of its own. */
async function prepare(environment: NodeJS.ProcessEnv): Promise<{ settings: Settings; lock: InstanceLock }> {
  const settings = readSettings(environment);
  // Passable for the user that Postgres runs as when root starts it; what is secret in it is readable to us alone.
  mkdirSync(settings.dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  const lock = await InstanceLock.take(settings.dataDir);
  if (await isPortFree(settings.port)) return { settings, lock };
  lock.release();
  throw new Error(`Port ${settings.port} is in use by another program. Choose another one: PORT=8081 npm start`);
}

async function showHowToUse(settings: Settings): Promise<void> {
  const keyFile = path.join(settings.dataDir, 'demo-key');
  const { address, adminApiKey, isAdminKeyOfThisRun, hasQueuesBoard } = settings;
  const keys = settings.isProduction
    ? undefined
    : {
        demo: await demoKey(address, adminApiKey, keyFile),
        admin: isAdminKeyOfThisRun ? adminApiKey : undefined,
      };
  const recording = path.join(projectRoot, 'test/fixtures/speech/en-75s.flac');
  process.stdout.write(`${banner(address, keys, recording, hasQueuesBoard)}\n`);
}

async function main(): Promise<void> {
  const wrong = wrongSettings(process.env);
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
  const environment = withSecretsFromFiles(process.env);
  const { settings, lock } = await prepare(environment);
  const run = new Run(lock, { line: say, report }, () => {
    process.exitCode = 1;
    void run.stop();
  });
  const stop = (): void => {
    if (!run.isStopping) report('Stopping …');
    void run.stop();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);

  try {
    await startTimbre(run, settings, environment, report);
    await showHowToUse(settings);
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
