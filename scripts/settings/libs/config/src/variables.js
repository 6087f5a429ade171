// Written by `npm run settings` from libs/config/src/variables.ts: change that one.
import { availableParallelism } from 'node:os';
import { parseRedisUrl } from './redis-location.js';
import { parseTrustedProxies } from './trusted-proxies.js';
import { choice, integer, list, optionalText, optionalUrl, parsed, requiredText, secret, text, url, } from './variable.js';
const gibibyte = 1024 ** 3;
const mebibyte = 1024 ** 2;
const http = ['http:', 'https:'];
function checkEndpoint(pair) {
    if (!/^[a-z0-9_-]{1,64}=[A-Za-z0-9_-]{1,64}$/.test(pair)) {
        throw new Error('must look like kyutai=<endpoint id>,other=<endpoint id>');
    }
}
function checkAdminKey(key) {
    if (key.length < 24)
        throw new Error('must have at least 24 characters');
}
function checkOrigin(origin) {
    if (origin === '*')
        return;
    const url = URL.canParse(origin) ? new URL(origin) : null;
    if (url === null || !http.includes(url.protocol) || url.origin !== origin) {
        throw new Error('must hold origins like https://app.example.com, or *');
    }
}
function readRedisUrl(text) {
    if (text === undefined)
        throw new Error('is required');
    parseRedisUrl(text);
    return text;
}
function readPort(text) {
    if (text === undefined)
        return undefined;
    const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
    if (!(port >= 1 && port <= 65_535))
        throw new Error('must be a whole number from 1 to 65535');
    return port;
}
function readCollector(text) {
    if (text === undefined)
        return undefined;
    if (!URL.canParse(text) || !http.includes(new URL(text).protocol))
        throw new Error('must be a URL starting with http:// or https://');
    return text.replace(/\/+$/, '');
}
/** Every environment variable Timbre reads: name, bounds, default, meaning. */
export const variables = {
    port: integer('PORT', { default: 8080, min: 0, max: 65535, about: 'Port the API listens on.' }),
    host: text('HOST', { default: '0.0.0.0', about: 'Address the API listens on.' }),
    publicUrl: optionalUrl('PUBLIC_URL', {
        protocols: http,
        shown: 'http://localhost:PORT',
        about: 'The API as its clients reach it; download URLs start with it.',
    }),
    callbackUrl: optionalUrl('CALLBACK_URL', {
        protocols: http,
        shown: 'PUBLIC_URL',
        about: 'The API as RunPod reaches it: webhooks and signed objects of local storage.',
    }),
    dataDir: text('DATA_DIR', { default: '.data', about: 'Folder of everything kept on local disk.' }),
    scratchDir: optionalText('SCRATCH_DIR', {
        about: 'Folder for uploads and conversions under way; best on the file system of the storage. DATA_DIR/scratch when absent.',
    }),
    corsOrigins: list('CORS_ORIGINS', {
        separator: ',',
        default: [],
        check: checkOrigin,
        about: 'Origins whose pages may call the API from a browser; `*` is every one. None when absent.',
    }),
    trustProxy: parsed('TRUST_PROXY', {
        shown: '',
        parse: parseTrustedProxies,
        about: 'Whose `X-Forwarded-For` tells the client’s address: a number of proxies in front, or their addresses and subnets, also `loopback`, `linklocal`, `uniquelocal`. Nobody’s when absent.',
    }),
    swagger: choice('SWAGGER', {
        of: ['on', 'off'],
        default: 'on',
        about: 'Whether /api/docs and /api/openapi.json are served.',
    }),
    bullBoard: choice('BULL_BOARD', {
        of: ['on', 'off'],
        default: 'on',
        about: 'Whether admins may look at the queues at /api/admin/queues.',
    }),
    databaseUrl: secret(url('DATABASE_URL', {
        protocols: ['postgres:', 'postgresql:'],
        about: 'Postgres, the truth. `npm start` brings its own when absent.',
    })),
    databasePoolSize: integer('DATABASE_POOL_SIZE', {
        default: 10,
        min: 2,
        max: 200,
        about: 'Postgres connections a process may hold.',
    }),
    redisUrl: secret(parsed('REDIS_URL', {
        shown: null,
        parse: readRedisUrl,
        about: 'Redis or Valkey for queues and rate limits; may be wiped at any time. Also `rediss://`, `redis+sentinel://` and `redis+cluster://` (docs/operations.md). `npm start` brings its own when absent.',
    })),
    storageUrl: optionalUrl('STORAGE_URL', {
        protocols: ['file:', 's3:'],
        shown: 'file://DATA_DIR/objects',
        about: 'Where bytes are kept: `file:///folder`, or `s3://bucket/prefix?…` (see S3 below).',
    }),
    downloads: choice('DOWNLOADS', {
        of: ['api', 'proxy', 'storage'],
        default: 'api',
        about: 'Who sends the bytes of audio and embeddings: the API; the nginx in front of it (`X-Accel-Redirect`, local storage); the storage (a redirect to a URL of a minute, S3).',
    }),
    signingSecret: secret(optionalText('SIGNING_SECRET', {
        minLength: 16,
        about: 'Signs download URLs; a comma list rotates it (the first signs, all verify). Made once and kept in Postgres when absent.',
    })),
    adminApiKeys: secret(list('ADMIN_API_KEY', {
        separator: ',',
        default: [],
        check: checkAdminKey,
        about: "An admin key of the operator's own, at least 24 characters; a comma list rotates it (all are good).",
    })),
    runpodBaseUrl: url('RUNPOD_BASE_URL', {
        protocols: http,
        default: 'https://api.runpod.ai/v2',
        about: 'RunPod, or the emulator. `npm start` brings an emulator when absent.',
    }),
    runpodApiKey: secret(requiredText('RUNPOD_API_KEY', { about: 'Bearer key for RunPod.' })),
    runpodEndpoints: list('RUNPOD_ENDPOINTS', {
        separator: ',',
        default: ['kyutai=kyutai'],
        check: checkEndpoint,
        about: 'Endpoint id for each tts type: `kyutai=<id>,other=<id>`; kyutai is required.',
    }),
    runpodUnknownOutcomeSeconds: integer('RUNPOD_UNKNOWN_OUTCOME_SECONDS', {
        default: 600,
        min: 1,
        max: 86400,
        about: 'How long to wait for a sign of life of a submission whose answer was lost before it is submitted once more.',
    }),
    embeddingDeadlineSeconds: integer('EMBEDDING_DEADLINE_SECONDS', {
        default: 86400,
        min: 10,
        max: 600_000, // signed URLs outlive it by 15 minutes, and S3 signs for 7 days at most
        about: 'An embedding not finished this long after its submission has failed.',
    }),
    testSentences: list('TEST_SENTENCES', {
        separator: '|',
        default: [
            'The quick brown fox jumps over the lazy dog.',
            'Every voice tells a story, and this one is made to be heard.',
        ],
        about: 'Sentences spoken as test samples, separated by `|`.',
    }),
    rateLimitPerMinute: integer('RATE_LIMIT_PER_MINUTE', {
        default: 600,
        min: 0,
        max: 1_000_000,
        about: 'Requests a key may make a minute; 0 switches the limit off.',
    }),
    maxUploadBytes: integer('MAX_UPLOAD_BYTES', { default: 2 * gibibyte, min: 1, about: 'Largest recording.' }),
    maxRecordingSeconds: integer('MAX_RECORDING_SECONDS', {
        default: 4 * 3600,
        min: 1,
        max: 86400,
        about: 'Longest recording.',
    }),
    maxSampleBytes: integer('MAX_SAMPLE_BYTES', { default: 100 * mebibyte, min: 1, about: 'Largest uploaded sample.' }),
    maxSampleSeconds: integer('MAX_SAMPLE_SECONDS', {
        default: 300,
        min: 1,
        max: 3600,
        about: 'Longest uploaded sample.',
    }),
    uploadIdleSeconds: integer('UPLOAD_IDLE_SECONDS', {
        default: 30,
        min: 1,
        max: 3600,
        about: 'An upload that moves no byte for this long is answered 408.',
    }),
    ffmpegProcesses: integer('FFMPEG_PROCESSES', {
        default: availableParallelism(),
        min: 1,
        max: 256,
        shown: 'cores',
        about: 'ffmpeg processes a worker may run at a time.',
    }),
    apiFfmpegProcesses: integer('API_FFMPEG_PROCESSES', {
        default: 1,
        min: 1,
        max: 64,
        about: 'ffmpeg processes an API may run at a time, for uploaded samples.',
    }),
    maxActiveJobsPerPartner: integer('MAX_ACTIVE_JOBS_PER_PARTNER', {
        default: 20,
        min: 1,
        max: 10_000,
        about: 'Jobs of one partner handed to the workers at a time.',
    }),
    ffmpegPath: optionalText('FFMPEG_PATH', { about: 'ffmpeg; else PATH, else the one from npm (for trying out).' }),
    ffprobePath: optionalText('FFPROBE_PATH', { about: 'ffprobe; likewise.' }),
    searchPath: text('PATH', { default: '', about: 'Where ffmpeg and ffprobe are looked for.' }),
    auditKeepDays: integer('AUDIT_KEEP_DAYS', {
        default: 365,
        min: 1,
        max: 36_500,
        about: 'How long the audit log remembers a change.',
    }),
    shutdownGraceSeconds: integer('SHUTDOWN_GRACE_SECONDS', {
        default: 25,
        min: 1,
        max: 3600,
        about: 'How long a process that was told to stop may finish what it is doing.',
    }),
    logLevel: choice('LOG_LEVEL', {
        of: ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
        default: 'info',
        about: 'Least severe log line written.',
    }),
    logFormat: choice('LOG_FORMAT', {
        of: ['json', 'pretty'],
        default: 'json',
        about: 'Log lines for machines or for people.',
    }),
    metricsPort: parsed('METRICS_PORT', {
        shown: '',
        parse: readPort,
        about: 'Port of /metrics, /health/live and /health/ready of an API or a worker, apart from the API’s own; none when absent. Under `npm start` the worker’s is the next one.',
    }),
    metricsHost: text('METRICS_HOST', {
        default: '127.0.0.1',
        about: 'Address that METRICS_PORT listens on. Whoever reaches it needs no key.',
    }),
    otlpEndpoint: parsed('OTEL_EXPORTER_OTLP_ENDPOINT', {
        shown: '',
        parse: readCollector,
        about: 'Collector that traces are sent to (OTLP over HTTP, `http://collector:4318`). No traces when absent.',
    }),
};
