import envPaths from 'env-paths';

/** What `timbre` takes from the environment. */
export interface Environment {
  readonly url: string | undefined;
  readonly key: string | undefined;
  readonly partner: string | undefined;
  readonly profile: string | undefined;
  readonly webhookSecret: string | undefined;
  /** Whether a terminal may show colours (https://no-color.org) and redraw a line. */
  readonly hasColours: boolean;
  readonly redraws: boolean;
  /** Where the OS keeps the settings of programs, for example `~/.config/timbre`. */
  readonly configFolder: string;
}

/** Reads the environment, once. An empty variable counts as missing. */
export function readEnvironment(): Environment {
  const read = (name: string): string | undefined => process.env[name] || undefined;
  const redraws = read('TERM') !== 'dumb';
  return {
    url: read('TIMBRE_URL'),
    key: read('TIMBRE_KEY'),
    partner: read('TIMBRE_PARTNER'),
    profile: read('TIMBRE_PROFILE'),
    webhookSecret: read('TIMBRE_WEBHOOK_SECRET'),
    hasColours: redraws && read('NO_COLOR') === undefined,
    redraws,
    configFolder: envPaths('timbre', { suffix: '' }).config,
  };
}
