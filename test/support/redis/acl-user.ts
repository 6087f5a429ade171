/** A user that may do what Timbre does and nothing else: docs/operations.md gives this to operators. */
export const timbreRights = [
  '~{timbre}*',
  '~{timbre-rate}*',
  '&{timbre}*',
  '+@all',
  '-@admin',
  '-@dangerous',
  '+info',
  '+client|list',
] as const;

/** A password with every character that a URL could trip over. */
export const password = 'p@ss:/w%rd?#ü';

const adminPassword = 'of-the-tests';

/** How tests speak with a server that `aclArgs` has set up. */
export const adminClient = { username: 'admin', password: adminPassword };

/** Options of redis-server: nobody may do anything without a name, `timbre` what it needs. */
export const aclArgs: readonly string[] = [
  ...['--user', 'default', 'off'],
  ...['--user', 'admin', 'on', `>${adminPassword}`, '~*', '&*', '+@all'],
  ...['--user', 'timbre', 'on', `>${password}`, ...timbreRights],
];

/** `user:password@`, as REDIS_URL takes it. */
export const credentials = `timbre:${encodeURIComponent(password)}@`;
