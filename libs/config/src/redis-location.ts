export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

/** A parsed REDIS_URL. */
export interface RedisLocation {
  /** One server, the master that the sentinels name, or a cluster. */
  readonly kind: 'single' | 'sentinel' | 'cluster';
  /** The server, the sentinels, or the nodes of the cluster to ask first. */
  readonly nodes: readonly RedisNode[];
  readonly tls: boolean;
  readonly username?: string;
  readonly password?: string;
  /** The name of the master at the sentinels. */
  readonly masterName?: string;
  /** Password of the sentinels. */
  readonly sentinelPassword?: string;
  /** Always 0 for a cluster. */
  readonly database: number;
}

export const redisSchemes =
  'redis://, rediss://, redis+sentinel://, rediss+sentinel://, redis+cluster:// or rediss+cluster://';

// The URL class accepts no list of hosts.
const form =
  /^redis(s?)(?:\+(sentinel|cluster))?:\/\/(?:([^:@/?]*)(?::([^@/?]*))?@)?([^@/?]+)(?:\/([^?]*))?(?:\?(.*))?$/;
const node = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/;

/**
 * Parses a REDIS_URL:
 *
 * - `redis://user:password@host:6379/0`
 * - `redis+sentinel://user:password@host:26379,host:26379/master-name?db=0&sentinel_password=…`
 * - `redis+cluster://user:password@host:6379,host:6379`
 *
 * `rediss` means TLS. User, password and path are percent-encoded.
 *
 * @throws Error whose message continues "REDIS_URL …". It never contains the URL, which may contain a password.
 */
export function parseRedisUrl(text: string): RedisLocation {
  const match = form.exec(text);
  if (match === null) throw new Error(`must be a URL starting with ${redisSchemes}`);
  const [, secure, flavour, username, password, hosts = '', path = '', query = ''] = match;
  const kind = flavour === 'sentinel' || flavour === 'cluster' ? flavour : 'single';
  const nodes = hosts.split(',').map((host) => readNode(host, kind === 'sentinel' ? 26_379 : 6_379));
  if (kind === 'single' && nodes.length > 1)
    throw new Error('names several hosts: say redis+sentinel or redis+cluster');
  const rest = kind === 'sentinel' ? sentinelParts(path, query) : { database: databaseIn(path, query) };
  if (kind === 'cluster' && rest.database !== 0) throw new Error('names a database, and a cluster has only 0');
  return {
    kind,
    nodes,
    tls: secure === 's',
    ...(username ? { username: decoded(username) } : {}),
    ...(password ? { password: decoded(password) } : {}),
    ...rest,
  };
}

function readNode(text: string, defaultPort: number): RedisNode {
  const [, host, port] = node.exec(text) ?? [];
  const number = port === undefined ? defaultPort : Number(port);
  if (host === undefined || number < 1 || number > 65_535) throw new Error('must name hosts like host:6379,host:6379');
  return { host: host.replace(/^\[|\]$/g, ''), port: number };
}

function sentinelParts(
  path: string,
  query: string,
): Pick<RedisLocation, 'masterName' | 'sentinelPassword' | 'database'> {
  const masterName = decoded(path);
  if (masterName === '') throw new Error('must name the master after the sentinels, like /mymaster');
  const parameters = readParameters(query, ['db', 'sentinel_password']);
  const sentinelPassword = parameters.get('sentinel_password');
  return {
    masterName,
    database: wholeNumber(parameters.get('db') ?? ''),
    ...(sentinelPassword ? { sentinelPassword } : {}),
  };
}

function databaseIn(path: string, query: string): number {
  return wholeNumber(path === '' ? (readParameters(query, ['db']).get('db') ?? '') : path);
}

function wholeNumber(text: string): number {
  if (!/^\d{0,5}$/.test(text)) throw new Error('must name the database by a whole number');
  return Number(text);
}

function readParameters(query: string, known: readonly string[]): URLSearchParams {
  const parameters = new URLSearchParams(query);
  const unknown = [...parameters.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`knows ${known.join(' and ')} after the ?, and nothing else`);
  return parameters;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    throw new Error('has a broken percent-encoding', { cause: error });
  }
}
