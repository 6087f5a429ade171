import path from 'node:path';
import { findAudioTools, type AudioTools } from '#libs/audio';
import { embeddedPostgres } from './embedded-postgres.js';
import { embeddedValkey } from './embedded-valkey.js';
import { apiProcess, emulatorProcess, migrateProcess, workerProcess } from './parts.js';
import { freePort } from './ports.js';
import type { Run } from './run.js';
import { serviceEnvironment, workerEnvironment } from './service-environment.js';
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

/** Starts what the environment does not name already, each part when those it needs are ready. */
export async function startTimbre(
  run: Run,
  settings: Settings,
  environment: NodeJS.ProcessEnv,
  report: Report,
): Promise<void> {
  report('Starting what the environment does not name: Postgres, Valkey, the stand-in for RunPod');
  const emulatorPort = await freePort();
  const [tools, databaseUrl, redisUrl] = await Promise.all([
    findTools(settings, report),
    settings.databaseUrl ?? startPostgres(run, settings.dataDir, report),
    settings.redisUrl ?? startValkey(run),
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
    settings.runpodBaseUrl ?? run.keep(emulatorProcess(env, emulator)),
    run.complete(migrateProcess(env)),
  ]);
  report('Starting the API and the worker');
  await Promise.all([run.keep(workerProcess(workerEnvironment(env))), run.keep(apiProcess(env, settings.address))]);
}
