/** A user with only the permissions that Timbre needs, as in docs/operations.md. */
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

/** A password with every character that is special in a URL. */
export const password = 'p@ss:/w%rd?#ü';

const adminPassword = 'of-the-tests';

/** Client options of tests for a server that `aclArgs` has set up. */
export const adminClient = { username: 'admin', password: adminPassword };

/** Options of redis-server: the default user may do nothing, `timbre` what it needs. */
export const aclArgs: readonly string[] = [
  ...['--user', 'default', 'off'],
  ...['--user', 'admin', 'on', `>${adminPassword}`, '~*', '&*', '+@all'],
  ...['--user', 'timbre', 'on', `>${password}`, ...timbreRights],
];

/** `user:password@` for REDIS_URL. */
export const credentials = `timbre:${encodeURIComponent(password)}@`;
