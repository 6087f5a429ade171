import path from 'node:path';
import { entry, type Attended, type ProcessOptions } from '#libs/local-services';
import { handlerFolder, pythonEnvironment } from './python-environment.js';
import { runTool } from './run-tool.js';

type Report = (line: string) => void;

/** The handler's Python, ready to start. */
export interface PocketTts {
  readonly python: string;
  readonly env: NodeJS.ProcessEnv;
}

const pathVariables = ['TIMBRE_GPU_CONFIG', 'TIMBRE_GPU_WAVLM'];
const absolute = (name: string, value: string | undefined): readonly [string, string][] =>
  value ? [[name, path.resolve(value)]] : [];

/**
 * Installs what pocket-tts needs, and downloads the weights of TIMBRE_GPU_LANGUAGES.
 *
 * @throws Error with a line for people that says what is missing: Python, the network, HF_TOKEN, the consent to the
 *   terms of the weights
 */
export async function preparePocketTts(
  environment: NodeJS.ProcessEnv,
  report: Report,
  signal?: AbortSignal,
): Promise<PocketTts> {
  const abort = signal && { signal };
  const python = await pythonEnvironment({ lock: 'requirements.txt', env: environment, report, ...abort });
  const env = {
    ...environment,
    // The handler does not run in this folder.
    ...Object.fromEntries(pathVariables.flatMap((name) => absolute(name, environment[name]))),
    PYTHONPATH: path.join(handlerFolder, 'src'),
    PYTHONUNBUFFERED: '1',
  };
  report('Looking for the weights of pocket-tts');
  const fetch = await runTool(python, ['-m', 'timbre_gpu', 'fetch'], { env, onLine: report, ...abort });
  if (fetch.code !== 0) throw new Error(`pocket-tts cannot start. ${fetch.lastLines.at(-1) ?? ''}`);
  return { python, env };
}

/**
 * The GPU handler under RunPod's SDK, which takes its jobs from the emulator. It is ended without grace: the emulator
 * gives a job back whose worker is gone.
 *
 * @param service the environment of the API, which says where the emulator is
 */
export function gpuHandlerProcess({ python, env }: PocketTts, service: NodeJS.ProcessEnv): ProcessOptions {
  const attended: Attended = { command: python, args: ['-m', 'timbre_gpu'], stopSignal: 'SIGKILL' };
  return {
    name: 'gpu',
    module: entry('libs/local-services/src/attend.main'),
    args: [JSON.stringify(attended)],
    env: { ...env, ...workerSideEnvironment(service) },
  };
}

/**
 * Returns the variables by which RunPod tells its SDK where the queue is. `$ID` and `$RUNPOD_POD_ID` are the SDK's own.
 *
 * @param service RUNPOD_BASE_URL ends with `/v2`; of RUNPOD_ENDPOINTS (`kyutai=endpoint`) the first one is served
 */
export function workerSideEnvironment(service: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const endpoint = (service['RUNPOD_ENDPOINTS'] ?? '').split(',')[0]?.split('=')[1]?.trim() ?? '';
  const base = `${service['RUNPOD_BASE_URL']}/${endpoint}`;
  return {
    RUNPOD_POD_ID: 'local',
    RUNPOD_ENDPOINT_ID: endpoint,
    RUNPOD_AI_API_KEY: service['RUNPOD_API_KEY'],
    RUNPOD_WEBHOOK_GET_JOB: `${base}/job-take/$ID?gpu=local`,
    RUNPOD_WEBHOOK_POST_OUTPUT: `${base}/job-done/$RUNPOD_POD_ID/$ID?gpu=local`,
    RUNPOD_WEBHOOK_PING: `${base}/ping/$RUNPOD_POD_ID`,
    RUNPOD_PING_INTERVAL: '5000',
    RUNPOD_DEBUG_LEVEL: 'WARN',
    // They look for what RunPod's machines have.
    RUNPOD_SKIP_AUTO_SYSTEM_CHECKS: 'true',
    RUNPOD_SKIP_GPU_CHECK: 'true',
  };
}
