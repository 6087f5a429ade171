import { limitVariables } from './limit-variables.js';
import { runpodVariables } from './runpod-variables.js';
import { parseTrustedProxies } from './trusted-proxies.js';
import { choice, integer, list, optionalText, optionalUrl, parsed, secret, text, url } from './variable.js';
import { checkAdminKey, checkOrigin, http, readCollector, readPort, readRedisUrl } from './variable-values.js';

/** All environment variables of Timbre: name, bounds, default, description. */
export const variables = {
  port: integer('PORT', { default: 8080, min: 0, max: 65535, about: 'Port the API listens on.' }),
  host: text('HOST', { default: '0.0.0.0', about: 'Address the API listens on.' }),
  publicUrl: optionalUrl('PUBLIC_URL', {
    protocols: http,
    shown: 'http://localhost:PORT',
    about: 'Base URL at which clients reach the API. Download URLs start with it.',
  }),
  callbackUrl: optionalUrl('CALLBACK_URL', {
    protocols: http,
    shown: 'PUBLIC_URL',
    about: 'Base URL at which RunPod reaches the API, for webhooks and signed objects of local storage.',
  }),
  dataDir: text('DATA_DIR', { default: '.data', about: 'Folder for all files on local disk.' }),
  scratchDir: optionalText('SCRATCH_DIR', {
    about:
      'Folder for uploads and conversions in progress, preferably on the file system of the storage. Defaults to DATA_DIR/scratch.',
  }),
  corsOrigins: list('CORS_ORIGINS', {
    separator: ',',
    default: [],
    check: checkOrigin,
    about: 'Origins whose pages may call the API from a browser. `*` allows all. Defaults to none.',
  }),
  trustProxy: parsed('TRUST_PROXY', {
    shown: '',
    parse: parseTrustedProxies,
    about:
      'Which proxies may set `X-Forwarded-For`: the last N hops, or addresses and subnets, also `loopback`, `linklocal` and `uniquelocal`. Defaults to none.',
  }),
  swagger: choice('SWAGGER', {
    of: ['on', 'off'],
    default: 'on',
    about: 'Whether /api/docs and /api/openapi.json are served.',
  }),
  console: choice('CONSOLE', {
    of: ['on', 'off'],
    default: 'on',
    about: 'Whether the console, the page for people, is served at `/`.',
  }),
  bullBoard: choice('BULL_BOARD', {
    of: ['on', 'off'],
    default: 'on',
    about: 'Whether admins can see the queues at /api/admin/queues.',
  }),
  databaseUrl: secret(
    url('DATABASE_URL', {
      protocols: ['postgres:', 'postgresql:'],
      about: 'Postgres, which holds all state. `npm start` starts its own if absent.',
    }),
  ),
  databaseDirectUrl: secret(
    optionalUrl('DATABASE_DIRECT_URL', {
      protocols: ['postgres:', 'postgresql:'],
      shown: 'DATABASE_URL',
      about:
        'Postgres itself, if DATABASE_URL names a connection pooler such as PgBouncer in transaction mode. Needed for migrations and for notifications of revoked keys.',
    }),
  ),
  databaseConnectionSeconds: integer('DATABASE_CONNECTION_SECONDS', {
    default: 300,
    min: 1,
    max: 86_400,
    about: 'Age at which a Postgres connection is replaced, so that none stays with a server after a failover.',
  }),
  databasePoolSize: integer('DATABASE_POOL_SIZE', {
    default: 10,
    min: 2,
    max: 200,
    about: 'Maximum number of Postgres connections per process.',
  }),
  redisUrl: secret(
    parsed('REDIS_URL', {
      shown: null,
      parse: readRedisUrl,
      about:
        'Redis or Valkey, for queues and rate limits. May be wiped at any time. Also `rediss://`, `redis+sentinel://` and `redis+cluster://` (docs/operations.md). `npm start` starts its own if absent.',
    }),
  ),
  storageUrl: optionalUrl('STORAGE_URL', {
    protocols: ['file:', 's3:'],
    shown: 'file://DATA_DIR/objects',
    about: 'Where objects are stored: `file:///folder` or `s3://bucket/prefix?…` (see S3 below).',
  }),
  storageGroupReadable: choice('STORAGE_GROUP_READABLE', {
    of: ['on', 'off'],
    default: 'off',
    about:
      'Whether the group of the process may read the files of a local storage (modes 0640 and 0750 instead of 0600 and 0700). An nginx that runs as another user needs this for `DOWNLOADS=proxy`.',
  }),
  downloads: choice('DOWNLOADS', {
    of: ['api', 'proxy', 'storage'],
    default: 'api',
    about:
      'Who serves audio and embeddings: the API, the nginx in front of it (`X-Accel-Redirect`, local storage), or the storage (a redirect to a URL that is valid for one minute, S3).',
  }),
  signingSecret: secret(
    optionalText('SIGNING_SECRET', {
      minLength: 16,
      about:
        'Signs download URLs, and encrypts answers that are kept for retries. A comma-separated list rotates it: the first secret signs and encrypts, all verify and decrypt. If absent, one is generated and kept in Postgres.',
    }),
  ),
  adminApiKeys: secret(
    list('ADMIN_API_KEY', {
      separator: ',',
      default: [],
      check: checkAdminKey,
      about: "The operator's admin key, at least 24 characters. A comma-separated list rotates it: all keys are valid.",
    }),
  ),
  ...runpodVariables,
  ...limitVariables,
  ffmpegPath: optionalText('FFMPEG_PATH', {
    about: 'Path of ffmpeg. Defaults to ffmpeg on PATH, then to the one from npm (for evaluation only).',
  }),
  ffprobePath: optionalText('FFPROBE_PATH', { about: 'Path of ffprobe, with the same defaults.' }),
  searchPath: text('PATH', { default: '', about: 'Folders in which ffmpeg and ffprobe are searched.' }),
  splitMode: choice('SPLIT_MODE', {
    of: ['fixed', 'speech'],
    default: 'fixed',
    about:
      'How recordings are split if the request does not say: `fixed` (windows of equal duration) or `speech` (in pauses).',
  }),
  requireConsent: choice('REQUIRE_CONSENT', {
    of: ['true', 'false'],
    default: 'false',
    about:
      'Whether a voice needs a consent on record before it is embedded, spoken with or exported (docs/consent.md).',
  }),
  jobsKeepDays: integer('JOBS_KEEP_DAYS', {
    default: 30,
    min: 1,
    max: 36_500,
    about: 'How long the row of an ended job is kept. Its results are not affected.',
  }),
  auditKeepDays: integer('AUDIT_KEEP_DAYS', {
    default: 365,
    min: 1,
    max: 36_500,
    about: 'How long entries of the audit log are kept.',
  }),
  webhookAllowPrivate: choice('WEBHOOK_ALLOW_PRIVATE', {
    of: ['true', 'false'],
    default: 'false',
    about:
      'Whether webhooks may be sent to private addresses: loopback, private networks, link-local and others that are not public. Leave it at `false` if you do not trust every partner with your network.',
  }),
  shutdownDelaySeconds: integer('SHUTDOWN_DELAY_SECONDS', {
    default: 5,
    min: 0,
    max: 600,
    about:
      'How long an API accepts requests after SIGTERM while /health/ready already answers 503. The grace period follows.',
  }),
  shutdownGraceSeconds: integer('SHUTDOWN_GRACE_SECONDS', {
    default: 25,
    min: 1,
    max: 3600,
    about: 'How long a process may finish its work after it was asked to stop.',
  }),
  logLevel: choice('LOG_LEVEL', {
    of: ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
    default: 'info',
    about: 'Minimum level of log lines.',
  }),
  logFormat: choice('LOG_FORMAT', {
    of: ['json', 'pretty'],
    default: 'json',
    about: 'Log lines for machines (`json`) or people (`pretty`).',
  }),
  metricsPort: parsed('METRICS_PORT', {
    shown: '',
    parse: readPort,
    about:
      'Separate port of an API or worker for /metrics, /health/live and /health/ready. Disabled if absent. Under `npm start` the worker uses the next port.',
  }),
  metricsHost: text('METRICS_HOST', {
    default: '127.0.0.1',
    about: 'Address on which METRICS_PORT listens. Requests need no key.',
  }),
  otlpEndpoint: parsed('OTEL_EXPORTER_OTLP_ENDPOINT', {
    shown: '',
    parse: readCollector,
    about:
      'Collector to which traces are exported (OTLP over HTTP, `http://collector:4318`). Tracing is disabled if absent.',
  }),
} as const;
