import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { fileVariable, textOf } from './variable-text.js';
import { variables } from './variables.js';

type Values = { readonly [K in keyof typeof variables]: ReturnType<(typeof variables)[K]['read']> };

/** The environment, checked, typed and resolved. */
export interface Config extends Omit<
  Values,
  'publicUrl' | 'callbackUrl' | 'scratchDir' | 'storageUrl' | 'signingSecret' | 'runpodEndpoints' | 'databaseDirectUrl'
> {
  readonly publicUrl: string;
  readonly callbackUrl: string;
  readonly scratchDir: string;
  readonly storageUrl: string;
  /** The URL of Postgres itself, also where `databaseUrl` names a pooler. */
  readonly databaseDirectUrl: string;
  /** `databaseUrl` names a connection pooler: the environment has another URL for Postgres itself. */
  readonly databaseIsPooled: boolean;
  /** The first signs, all verify. Empty if Postgres keeps the secret. */
  readonly signingSecrets: readonly string[];
  /** RunPod endpoint ids by tts type. */
  readonly runpodEndpoints: ReadonlyMap<string, string>;
}

/** An invalid environment, with one readable line per variable. */
export class ConfigError extends Error {
  constructor(readonly lines: readonly string[]) {
    super(lines.join('\n'));
    this.name = 'ConfigError';
  }
}

const isLoopback = (address: string): boolean =>
  /^(localhost|127(\.\d+){3}|\[::1\]|0\.0\.0\.0)$/.test(new URL(address).hostname);

function readSome<K extends keyof Values>(
  environment: NodeJS.ProcessEnv,
  keys: readonly K[],
  lines: string[],
): Pick<Values, K> {
  const read = keys.map((key) => {
    const variable = variables[key];
    try {
      return [key, variable.read(textOf(environment, variable))] as const;
    } catch (error) {
      lines.push(`${variable.name} ${(error as Error).message}`);
      return [key, undefined] as const;
    }
  });
  return Object.fromEntries(read) as unknown as Pick<Values, K>;
}

/**
 * Returns the environment with the secrets from files in their own variables, for other processes.
 *
 * @throws ConfigError with a line for each secret that cannot be read
 */
export function withSecretsFromFiles(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const lines: string[] = [];
  const whole = { ...environment };
  for (const variable of Object.values(variables).filter(({ isSecret }) => isSecret)) {
    try {
      const text = textOf(environment, variable);
      if (text !== undefined) whole[variable.name] = text;
      delete whole[fileVariable(variable.name)];
    } catch (error) {
      lines.push(`${variable.name} ${(error as Error).message}`);
    }
  }
  if (lines.length > 0) throw new ConfigError(lines);
  return whole;
}

/**
 * Reads and checks an environment.
 *
 * @throws ConfigError with a line for each invalid variable
 */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const lines: string[] = [];
  const values = readSome(environment, Object.keys(variables) as (keyof Values)[], lines);
  if (lines.length > 0) throw new ConfigError(lines);

  const dataDir = path.resolve(values.dataDir);
  const publicUrl = values.publicUrl ?? `http://localhost:${values.port}`;
  const callbackUrl = values.callbackUrl ?? publicUrl;
  const runpodEndpoints = new Map(values.runpodEndpoints.map((pair) => pair.split('=') as [string, string]));

  if (!runpodEndpoints.has('kyutai')) lines.push('RUNPOD_ENDPOINTS must name an endpoint for kyutai');
  if (isLoopback(callbackUrl) && !isLoopback(values.runpodBaseUrl)) {
    lines.push(`CALLBACK_URL ${callbackUrl} cannot be reached by RunPod at ${values.runpodBaseUrl}`);
  }
  const storageUrl = values.storageUrl ?? pathToFileURL(path.join(dataDir, 'objects')).href;
  const needed = { api: '', proxy: 'file:', storage: 's3:' }[values.downloads];
  if (!storageUrl.startsWith(needed)) lines.push(`DOWNLOADS ${values.downloads} needs a STORAGE_URL of ${needed}//`);
  if (lines.length > 0) throw new ConfigError(lines);

  return Object.freeze({
    ...values,
    dataDir,
    publicUrl,
    callbackUrl,
    scratchDir: path.resolve(values.scratchDir ?? path.join(dataDir, 'scratch')),
    storageUrl,
    databaseDirectUrl: values.databaseDirectUrl ?? values.databaseUrl,
    databaseIsPooled: values.databaseDirectUrl !== undefined,
    signingSecrets: (values.signingSecret ?? '').split(',').filter((secret) => secret !== ''),
    runpodEndpoints,
  });
}

/**
 * Reads the URL of Postgres itself, which is all that a migration needs.
 *
 * @throws ConfigError with a line for each invalid variable
 */
export function readDatabaseUrl(environment: NodeJS.ProcessEnv): string {
  const lines: string[] = [];
  const { databaseUrl, databaseDirectUrl } = readSome(environment, ['databaseUrl', 'databaseDirectUrl'], lines);
  if (lines.length > 0) throw new ConfigError(lines);
  return databaseDirectUrl ?? databaseUrl;
}
