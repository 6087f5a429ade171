import path from 'node:path';
import { findAudioTools, type AudioTools } from '#libs/audio';
import {
  apiProcess,
  embeddedPostgres,
  embeddedValkey,
  emulatorProcess,
  freePort,
  migrateProcess,
  serviceEnvironment,
  workerEnvironment,
  workerProcess,
} from '#libs/local-services';
import type { EngineChoice } from './gpu/engine-flag.js';
import { gpuHandlerProcess, preparePocketTts } from './gpu/pocket-tts.js';
import type { Run } from './run.js';
import type { Settings } from './settings.js';

type Report = (line: string) => void;

async function startPostgres(run: Run, dataDir: string, report: Report): Promise<string> {
  const postgres = await embeddedPostgres(dataDir);
  if (path.dirname(postgres.cluster) !== dataDir) {
    report(`Postgres cannot reach ${dataDir} and keeps its data in ${postgres.cluster}`);
  }
  await run.keep(postgres.process);
  return postgres.url;
}

async function startValkey(run: Run): Promise<string> {
  const valkey = await embeddedValkey(process.env['PATH'] ?? '');
  await run.keep(valkey.process);
  return valkey.url;
}

async function findTools({ dataDir }: Settings, report: Report): Promise<AudioTools> {
  const tools = await findAudioTools({
    ffmpegPath: process.env['FFMPEG_PATH'] || undefined,
    ffprobePath: process.env['FFPROBE_PATH'] || undefined,
    searchPath: process.env['PATH'] ?? '',
    launcherFolder: path.join(dataDir, 'launchers'),
  });
  if ([tools.ffmpeg, tools.ffprobe].some((tool) => tool.origin === 'npm')) {
    report(
      `Using ffmpeg ${tools.ffmpeg.version} from npm, good for trying out; in production use your system's, which`,
    );
    report('gets security fixes (apt-get install ffmpeg, or FFMPEG_PATH and FFPROBE_PATH)');
  }
  return tools;
}

export interface StartOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly engine: EngineChoice;
  readonly report: Report;
}

/**
 * Starts what the environment does not name, each process as soon as those it needs are ready.
 *
 * @returns the environment of the API
 */
export async function startTimbre(
  run: Run,
  settings: Settings,
  { environment, engine, report }: StartOptions,
): Promise<NodeJS.ProcessEnv> {
  report('Starting what the environment does not name: Postgres, Valkey, the stand-in for RunPod');
  const emulatorPort = await freePort();
  const withPocketTts = engine === 'pocket-tts';
  const [tools, databaseUrl, redisUrl, pocketTts] = await Promise.all([
    findTools(settings, report),
    settings.databaseUrl ?? startPostgres(run, settings.dataDir, report),
    settings.redisUrl ?? startValkey(run),
    withPocketTts ? preparePocketTts(environment, report, run.signal) : undefined,
  ]);
  const env = serviceEnvironment(environment, {
    ...settings,
    databaseUrl,
    redisUrl,
    runpodBaseUrl: settings.runpodBaseUrl ?? `http://127.0.0.1:${emulatorPort}/v2`,
    ffmpegPath: tools.ffmpeg.path,
    ffprobePath: tools.ffprobe.path,
  });
  const emulator = { port: emulatorPort, apiKey: settings.runpodApiKey, ffmpegPath: tools.ffmpeg.path };
  await Promise.all([
    settings.runpodBaseUrl ?? run.keep(emulatorProcess(env, emulator, withPocketTts ? ['--engine', 'worker'] : [])),
    run.complete(migrateProcess(env)),
  ]);
  report(`Starting the API and the worker${pocketTts ? ', and pocket-tts' : ''}`);
  const parts = [workerProcess(workerEnvironment(env)), apiProcess(env, settings.address)];
  await Promise.all(
    [...parts, ...(pocketTts ? [gpuHandlerProcess(pocketTts, env)] : [])].map((part) => run.keep(part)),
  );
  return env;
}
