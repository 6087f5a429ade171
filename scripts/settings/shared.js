// Written by `npm run settings` from what the files beside it share.
// dist/libs/config/src/config.js
import path from "node:path";
import { pathToFileURL } from "node:url";

// dist/libs/config/src/variable-text.js
import { readFileSync } from "node:fs";
var given = (environment, name) => environment[name] || void 0;
var fileVariable = (name) => `${name}_FILE`;
function textOf(environment, variable) {
  const text2 = given(environment, variable.name);
  const file = variable.isSecret === true ? given(environment, fileVariable(variable.name)) : void 0;
  if (file === void 0)
    return text2;
  if (text2 !== void 0)
    throw new Error(`is given twice, by ${fileVariable(variable.name)} too`);
  const content = readSecret(file, variable.name).replace(/\r?\n$/, "");
  if (content === "")
    throw new Error(`is empty in the file that ${fileVariable(variable.name)} names`);
  return content;
}
function readSecret(file, name) {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const code = error.code ?? "unknown";
    throw new Error(`cannot be read from the file that ${fileVariable(name)} names (${code})`, { cause: error });
  }
}

// dist/libs/config/src/limit-variables.js
import { availableParallelism } from "node:os";

// dist/libs/config/src/variable.js
var secret = (variable) => ({ ...variable, isSecret: true });
var required = () => {
  throw new Error("is required");
};
function integer(name, options) {
  const max = options.max ?? Number.MAX_SAFE_INTEGER;
  return {
    name,
    about: options.about,
    shownDefault: options.shown ?? String(options.default),
    read: (text2) => {
      if (text2 === void 0)
        return options.default;
      const value = /^\d{1,16}$/.test(text2) ? Number(text2) : NaN;
      if (!(value >= options.min && value <= max)) {
        throw new Error(`must be a whole number from ${options.min}${options.max === void 0 ? "" : ` to ${max}`}`);
      }
      return value;
    }
  };
}
function optionalInteger(name, options) {
  const { read } = integer(name, { ...options, default: options.min });
  return {
    name,
    about: options.about,
    shownDefault: "",
    read: (text2) => text2 === void 0 ? void 0 : read(text2)
  };
}
function optionalText(name, options) {
  return {
    name,
    about: options.about,
    shownDefault: "",
    read: (text2) => {
      if (text2 !== void 0 && text2.length < (options.minLength ?? 1)) {
        throw new Error(`must have at least ${options.minLength ?? 1} characters`);
      }
      return text2;
    }
  };
}
function text(name, options) {
  return {
    name,
    about: options.about,
    shownDefault: options.default,
    read: (value) => value ?? options.default
  };
}
function requiredText(name, options) {
  return { name, about: options.about, shownDefault: null, read: (value) => value ?? required() };
}
function parsed(name, options) {
  return { name, about: options.about, shownDefault: options.shown, read: options.parse };
}
function choice(name, options) {
  return {
    name,
    about: options.about,
    shownDefault: options.default,
    read: (value) => {
      if (value === void 0)
        return options.default;
      const found = options.of.find((word) => word === value);
      if (found === void 0)
        throw new Error(`must be one of ${options.of.join(", ")}`);
      return found;
    }
  };
}
function checkUrl(value, protocols) {
  if (!URL.canParse(value) || !protocols.includes(new URL(value).protocol)) {
    throw new Error(`must be a URL starting with ${protocols.map((p) => `${p}//`).join(" or ")}`);
  }
  return value.replace(/\/+$/, "");
}
function url(name, options) {
  return {
    name,
    about: options.about,
    shownDefault: options.default ?? null,
    read: (value) => checkUrl(value ?? options.default ?? required(), options.protocols)
  };
}
function optionalUrl(name, options) {
  return {
    name,
    about: options.about,
    shownDefault: options.shown,
    read: (value) => value === void 0 ? void 0 : checkUrl(value, options.protocols)
  };
}
function list(name, options) {
  return {
    name,
    about: options.about,
    shownDefault: options.default.join(options.separator),
    read: (value) => {
      const parts = (value ?? options.default.join(options.separator)).split(options.separator);
      const found = parts.map((part) => part.trim()).filter((part) => part !== "");
      found.forEach((part) => options.check?.(part));
      return found;
    }
  };
}

// dist/libs/config/src/limit-variables.js
var gibibyte = 1024 ** 3;
var mebibyte = 1024 ** 2;
var limitVariables = {
  rateLimitPerMinute: integer("RATE_LIMIT_PER_MINUTE", {
    default: 600,
    min: 0,
    max: 1e6,
    about: "Requests per minute and key. 0 disables the limit."
  }),
  maxUploadBytes: integer("MAX_UPLOAD_BYTES", { default: 2 * gibibyte, min: 1, about: "Maximum size of a recording." }),
  maxRecordingSeconds: integer("MAX_RECORDING_SECONDS", {
    default: 4 * 3600,
    min: 1,
    max: 86400,
    about: "Maximum length of a recording."
  }),
  maxImportBytes: integer("MAX_IMPORT_BYTES", {
    default: 8 * gibibyte,
    min: 1,
    about: "Maximum size of an archive that is imported. Each import needs this space in SCRATCH_DIR: of the API while it is received, then of a worker, with the audio that is being decoded."
  }),
  maxSampleBytes: integer("MAX_SAMPLE_BYTES", {
    default: 100 * mebibyte,
    min: 1,
    about: "Maximum size of an uploaded sample."
  }),
  maxSampleSeconds: integer("MAX_SAMPLE_SECONDS", {
    default: 300,
    min: 1,
    max: 3600,
    about: "Maximum length of an uploaded sample."
  }),
  uploadIdleSeconds: integer("UPLOAD_IDLE_SECONDS", {
    default: 30,
    min: 1,
    max: 3600,
    about: "An upload that makes no progress for this time is answered with 408."
  }),
  downloadIdleSeconds: integer("DOWNLOAD_IDLE_SECONDS", {
    default: 60,
    min: 1,
    max: 3600,
    about: "A response whose client reads nothing for this time is aborted."
  }),
  minBytesPerSecond: integer("MIN_BYTES_PER_SECOND", {
    default: 500,
    min: 0,
    max: 1e9,
    about: "Minimum rate. Slower uploads (over UPLOAD_IDLE_SECONDS) and downloads (on average) count as idle. 0 allows any rate."
  }),
  keepAliveSeconds: integer("KEEP_ALIVE_SECONDS", {
    default: 65,
    min: 1,
    max: 3600,
    about: "How long the API keeps an idle connection. The keep-alive of a proxy in front must be shorter, so that the proxy closes first."
  }),
  ffmpegProcesses: integer("FFMPEG_PROCESSES", {
    default: availableParallelism(),
    min: 1,
    max: 256,
    shown: "cores",
    about: "Maximum number of concurrent ffmpeg processes per worker."
  }),
  apiFfmpegProcesses: integer("API_FFMPEG_PROCESSES", {
    default: 1,
    min: 1,
    max: 64,
    about: "Maximum number of concurrent ffmpeg processes per API process, for uploaded samples and to measure old recordings."
  }),
  keepOriginalsDays: optionalInteger("KEEP_ORIGINALS_DAYS", {
    min: 0,
    max: 36500,
    about: "Days after the embedding of a voice until its original is removed. Originals are kept if absent. A partner may have a time of its own (`PATCH /api/admin/partners/{partner}`)."
  }),
  embeddingRunsKept: integer("EMBEDDING_RUNS_KEPT", {
    default: 3,
    min: 1,
    max: 100,
    about: "How many embedding runs of a voice are kept for each TTS type, the current one included."
  }),
  maxActiveJobsPerPartner: integer("MAX_ACTIVE_JOBS_PER_PARTNER", {
    default: 20,
    min: 1,
    max: 1e4,
    about: "Maximum number of jobs of one partner that are dispatched to workers at a time."
  }),
  recomputeAtATime: integer("RECOMPUTE_AT_A_TIME", {
    default: 1,
    min: 1,
    max: 1e3,
    about: "Maximum number of voices that recomputes embed at a time, in all workers together (`POST /api/admin/recompute`). Jobs of clients wait behind those submitted: raise it to at most the GPU workers of the endpoint."
  })
};

// dist/libs/config/src/redis-location.js
var redisSchemes = "redis://, rediss://, redis+sentinel://, rediss+sentinel://, redis+cluster:// or rediss+cluster://";
var form = /^redis(s?)(?:\+(sentinel|cluster))?:\/\/(?:([^:@/?]*)(?::([^@/?]*))?@)?([^@/?]+)(?:\/([^?]*))?(?:\?(.*))?$/;
var node = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/;
function parseRedisUrl(text2) {
  const match = form.exec(text2);
  if (match === null)
    throw new Error(`must be a URL starting with ${redisSchemes}`);
  const [, secure, flavour, username, password, hosts = "", path3 = "", query = ""] = match;
  const kind = flavour === "sentinel" || flavour === "cluster" ? flavour : "single";
  const nodes = hosts.split(",").map((host) => readNode(host, kind === "sentinel" ? 26379 : 6379));
  if (kind === "single" && nodes.length > 1)
    throw new Error("names several hosts: say redis+sentinel or redis+cluster");
  const rest = kind === "sentinel" ? sentinelParts(path3, query) : { database: databaseIn(path3, query) };
  if (kind === "cluster" && rest.database !== 0)
    throw new Error("names a database, and a cluster has only 0");
  return {
    kind,
    nodes,
    tls: secure === "s",
    ...username ? { username: decoded(username) } : {},
    ...password ? { password: decoded(password) } : {},
    ...rest
  };
}
function readNode(text2, defaultPort) {
  const [, host, port] = node.exec(text2) ?? [];
  const number = port === void 0 ? defaultPort : Number(port);
  if (host === void 0 || number < 1 || number > 65535)
    throw new Error("must name hosts like host:6379,host:6379");
  return { host: host.replace(/^\[|\]$/g, ""), port: number };
}
function sentinelParts(path3, query) {
  const masterName = decoded(path3);
  if (masterName === "")
    throw new Error("must name the master after the sentinels, like /mymaster");
  const parameters = readParameters(query, ["db", "sentinel_password"]);
  const sentinelPassword = parameters.get("sentinel_password");
  return {
    masterName,
    database: wholeNumber(parameters.get("db") ?? ""),
    ...sentinelPassword ? { sentinelPassword } : {}
  };
}
function databaseIn(path3, query) {
  return wholeNumber(path3 === "" ? readParameters(query, ["db"]).get("db") ?? "" : path3);
}
function wholeNumber(text2) {
  if (!/^\d{0,5}$/.test(text2))
    throw new Error("must name the database by a whole number");
  return Number(text2);
}
function readParameters(query, known) {
  const parameters = new URLSearchParams(query);
  const unknown = [...parameters.keys()].find((name) => !known.includes(name));
  if (unknown !== void 0)
    throw new Error(`knows ${known.join(" and ")} after the ?, and nothing else`);
  return parameters;
}
function decoded(text2) {
  try {
    return decodeURIComponent(text2);
  } catch (error) {
    throw new Error("has a broken percent-encoding", { cause: error });
  }
}

// dist/libs/config/src/variable-values.js
var http = ["http:", "https:"];
function checkEndpoint(pair) {
  if (!/^[a-z0-9_-]{1,64}=[A-Za-z0-9_-]{1,64}$/.test(pair)) {
    throw new Error("must look like kyutai=<endpoint id>,other=<endpoint id>");
  }
}
function checkAdminKey(key) {
  if (key.length < 24)
    throw new Error("must have at least 24 characters");
}
function checkOrigin(origin) {
  if (origin === "*")
    return;
  const url2 = URL.canParse(origin) ? new URL(origin) : null;
  if (url2 === null || !http.includes(url2.protocol) || url2.origin !== origin) {
    throw new Error("must hold origins like https://app.example.com, or *");
  }
}
function readRedisUrl(text2) {
  if (text2 === void 0)
    throw new Error("is required");
  parseRedisUrl(text2);
  return text2;
}
function readPort(text2) {
  if (text2 === void 0)
    return void 0;
  const port = /^\d{1,5}$/.test(text2) ? Number(text2) : NaN;
  if (!(port >= 1 && port <= 65535))
    throw new Error("must be a whole number from 1 to 65535");
  return port;
}
function readCollector(text2) {
  if (text2 === void 0)
    return void 0;
  if (!URL.canParse(text2) || !http.includes(new URL(text2).protocol))
    throw new Error("must be a URL starting with http:// or https://");
  return text2.replace(/\/+$/, "");
}
function readSentences(text2) {
  if (text2 === void 0)
    return void 0;
  const sentences = text2.split("|").map((sentence) => sentence.trim());
  const found = sentences.filter((sentence) => sentence !== "");
  if (found.length === 0)
    throw new Error("must hold at least one sentence");
  return found;
}

// dist/libs/config/src/runpod-variables.js
var runpodVariables = {
  runpodBaseUrl: url("RUNPOD_BASE_URL", {
    protocols: http,
    default: "https://api.runpod.ai/v2",
    about: "RunPod or the emulator. `npm start` starts an emulator if absent."
  }),
  runpodApiKey: secret(requiredText("RUNPOD_API_KEY", { about: "API key for RunPod." })),
  runpodEndpoints: list("RUNPOD_ENDPOINTS", {
    separator: ",",
    default: ["kyutai=kyutai"],
    check: checkEndpoint,
    about: "Endpoint id of each tts type: `kyutai=<id>,other=<id>`. kyutai is required."
  }),
  runpodContract: choice("RUNPOD_CONTRACT", {
    of: ["1", "2"],
    default: "2",
    about: "Version of the GPU contract that jobs are sent in. 1 is for older handlers."
  }),
  runpodExecutionTimeoutSeconds: optionalInteger("RUNPOD_EXECUTION_TIMEOUT_SECONDS", {
    min: 6,
    max: 7 * 86400,
    about: "RunPod ends an embedding that runs longer. Defaults to the execution timeout of the endpoint."
  }),
  runpodUnknownOutcomeSeconds: integer("RUNPOD_UNKNOWN_OUTCOME_SECONDS", {
    default: 600,
    min: 1,
    max: 86400,
    about: "If the response to a submission is lost: time to wait for a sign of its job before the job is submitted again."
  }),
  embeddingDeadlineSeconds: integer("EMBEDDING_DEADLINE_SECONDS", {
    default: 86400,
    min: 10,
    max: 6e5,
    // signed URLs outlive it by 15 minutes, and S3 signs for 7 days at most
    about: "Time after its submission at which an unfinished embedding fails."
  }),
  embeddingBytesPerSecond: integer("EMBEDDING_BYTES_PER_SECOND", {
    default: 25e5,
    min: 1,
    max: 1e9,
    about: "Maximum size of a second of a sample as an embedding. The largest models of pocket-tts need 2.5 MB."
  }),
  maxEmbeddingBytes: integer("MAX_EMBEDDING_BYTES", {
    default: 2e10,
    min: 1,
    about: "Maximum size of the embeddings of a voice. Divided by EMBEDDING_BYTES_PER_SECOND, it gives the seconds of samples that a voice may be embedded with. Applies to contract version 2."
  }),
  testSentences: parsed("TEST_SENTENCES", {
    shown: "",
    parse: readSentences,
    about: "Sentences for the test samples of all voices, separated by `|`. If absent, each voice speaks three sentences of its language. A request may have its own."
  })
};

// dist/libs/config/src/trusted-proxies.js
import { isIP } from "node:net";
var names = /* @__PURE__ */ new Set(["loopback", "linklocal", "uniquelocal"]);
function parseTrustedProxies(text2) {
  if (text2 === void 0)
    return false;
  if (/^\d{1,2}$/.test(text2))
    return Number(text2) === 0 ? false : Number(text2);
  const parts = text2.split(",").map((part) => part.trim());
  if (!parts.every((part) => names.has(part) || isSubnet(part))) {
    throw new Error("must be a number of proxies, or addresses and subnets like 10.0.0.0/8,loopback");
  }
  return parts;
}
function isSubnet(text2) {
  const [address = "", bits, ...more] = text2.split("/");
  const version = isIP(address);
  if (version === 0 || more.length > 0)
    return false;
  if (bits === void 0)
    return true;
  return /^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= (version === 4 ? 32 : 128);
}

// dist/libs/config/src/variables.js
var variables = {
  port: integer("PORT", { default: 8080, min: 0, max: 65535, about: "Port the API listens on." }),
  host: text("HOST", { default: "0.0.0.0", about: "Address the API listens on." }),
  publicUrl: optionalUrl("PUBLIC_URL", {
    protocols: http,
    shown: "http://localhost:PORT",
    about: "Base URL at which clients reach the API. Download URLs start with it."
  }),
  callbackUrl: optionalUrl("CALLBACK_URL", {
    protocols: http,
    shown: "PUBLIC_URL",
    about: "Base URL at which RunPod reaches the API, for webhooks and signed objects of local storage."
  }),
  dataDir: text("DATA_DIR", { default: ".data", about: "Folder for all files on local disk." }),
  scratchDir: optionalText("SCRATCH_DIR", {
    about: "Folder for uploads and conversions in progress, preferably on the file system of the storage. Defaults to DATA_DIR/scratch."
  }),
  corsOrigins: list("CORS_ORIGINS", {
    separator: ",",
    default: [],
    check: checkOrigin,
    about: "Origins whose pages may call the API from a browser. `*` allows all. Defaults to none."
  }),
  trustProxy: parsed("TRUST_PROXY", {
    shown: "",
    parse: parseTrustedProxies,
    about: "Which proxies may set `X-Forwarded-For`: the last N hops, or addresses and subnets, also `loopback`, `linklocal` and `uniquelocal`. Defaults to none."
  }),
  swagger: choice("SWAGGER", {
    of: ["on", "off"],
    default: "on",
    about: "Whether /api/docs and /api/openapi.json are served."
  }),
  console: choice("CONSOLE", {
    of: ["on", "off"],
    default: "on",
    about: "Whether the console, the page for people, is served at `/`."
  }),
  bullBoard: choice("BULL_BOARD", {
    of: ["on", "off"],
    default: "on",
    about: "Whether admins can see the queues at /api/admin/queues."
  }),
  databaseUrl: secret(url("DATABASE_URL", {
    protocols: ["postgres:", "postgresql:"],
    about: "Postgres, which holds all state. `npm start` starts its own if absent."
  })),
  databaseDirectUrl: secret(optionalUrl("DATABASE_DIRECT_URL", {
    protocols: ["postgres:", "postgresql:"],
    shown: "DATABASE_URL",
    about: "Postgres itself, if DATABASE_URL names a connection pooler such as PgBouncer in transaction mode. Needed for migrations and for notifications of revoked keys."
  })),
  databaseConnectionSeconds: integer("DATABASE_CONNECTION_SECONDS", {
    default: 300,
    min: 1,
    max: 86400,
    about: "Age at which a Postgres connection is replaced, so that none stays with a server after a failover."
  }),
  databasePoolSize: integer("DATABASE_POOL_SIZE", {
    default: 10,
    min: 2,
    max: 200,
    about: "Maximum number of Postgres connections per process."
  }),
  redisUrl: secret(parsed("REDIS_URL", {
    shown: null,
    parse: readRedisUrl,
    about: "Redis or Valkey, for queues and rate limits. May be wiped at any time. Also `rediss://`, `redis+sentinel://` and `redis+cluster://` (docs/operations.md). `npm start` starts its own if absent."
  })),
  storageUrl: optionalUrl("STORAGE_URL", {
    protocols: ["file:", "s3:"],
    shown: "file://DATA_DIR/objects",
    about: "Where objects are stored: `file:///folder` or `s3://bucket/prefix?\u2026` (see S3 below)."
  }),
  storageGroupReadable: choice("STORAGE_GROUP_READABLE", {
    of: ["on", "off"],
    default: "off",
    about: "Whether the group of the process may read the files of a local storage (modes 0640 and 0750 instead of 0600 and 0700). An nginx that runs as another user needs this for `DOWNLOADS=proxy`."
  }),
  downloads: choice("DOWNLOADS", {
    of: ["api", "proxy", "storage"],
    default: "api",
    about: "Who serves audio and embeddings: the API, the nginx in front of it (`X-Accel-Redirect`, local storage), or the storage (a redirect to a URL that is valid for one minute, S3)."
  }),
  signingSecret: secret(optionalText("SIGNING_SECRET", {
    minLength: 16,
    about: "Signs download URLs, and encrypts answers that are kept for retries. A comma-separated list rotates it: the first secret signs and encrypts, all verify and decrypt. If absent, one is generated and kept in Postgres."
  })),
  adminApiKeys: secret(list("ADMIN_API_KEY", {
    separator: ",",
    default: [],
    check: checkAdminKey,
    about: "The operator's admin key, at least 24 characters. A comma-separated list rotates it: all keys are valid."
  })),
  ...runpodVariables,
  ...limitVariables,
  ffmpegPath: optionalText("FFMPEG_PATH", {
    about: "Path of ffmpeg. Defaults to ffmpeg on PATH, then to the one from npm (for evaluation only)."
  }),
  ffprobePath: optionalText("FFPROBE_PATH", { about: "Path of ffprobe, with the same defaults." }),
  searchPath: text("PATH", { default: "", about: "Folders in which ffmpeg and ffprobe are searched." }),
  splitMode: choice("SPLIT_MODE", {
    of: ["fixed", "speech"],
    default: "fixed",
    about: "How recordings are split if the request does not say: `fixed` (windows of equal duration) or `speech` (in pauses)."
  }),
  requireConsent: choice("REQUIRE_CONSENT", {
    of: ["true", "false"],
    default: "false",
    about: "Whether a voice needs a consent on record before it is embedded, spoken with or exported (docs/consent.md)."
  }),
  jobsKeepDays: integer("JOBS_KEEP_DAYS", {
    default: 30,
    min: 1,
    max: 36500,
    about: "How long the row of an ended job is kept. Its results are not affected."
  }),
  auditKeepDays: integer("AUDIT_KEEP_DAYS", {
    default: 365,
    min: 1,
    max: 36500,
    about: "How long entries of the audit log are kept."
  }),
  webhookAllowPrivate: choice("WEBHOOK_ALLOW_PRIVATE", {
    of: ["true", "false"],
    default: "false",
    about: "Whether webhooks may be sent to private addresses: loopback, private networks, link-local and others that are not public. Leave it at `false` if you do not trust every partner with your network."
  }),
  shutdownDelaySeconds: integer("SHUTDOWN_DELAY_SECONDS", {
    default: 5,
    min: 0,
    max: 600,
    about: "How long an API accepts requests after SIGTERM while /health/ready already answers 503. The grace period follows."
  }),
  shutdownGraceSeconds: integer("SHUTDOWN_GRACE_SECONDS", {
    default: 25,
    min: 1,
    max: 3600,
    about: "How long a process may finish its work after it was asked to stop."
  }),
  logLevel: choice("LOG_LEVEL", {
    of: ["fatal", "error", "warn", "info", "debug", "trace", "silent"],
    default: "info",
    about: "Minimum level of log lines."
  }),
  logFormat: choice("LOG_FORMAT", {
    of: ["json", "pretty"],
    default: "json",
    about: "Log lines for machines (`json`) or people (`pretty`)."
  }),
  metricsPort: parsed("METRICS_PORT", {
    shown: "",
    parse: readPort,
    about: "Separate port of an API or worker for /metrics, /health/live and /health/ready. Disabled if absent. Under `npm start` the worker uses the next port."
  }),
  metricsHost: text("METRICS_HOST", {
    default: "127.0.0.1",
    about: "Address on which METRICS_PORT listens. Requests need no key."
  }),
  otlpEndpoint: parsed("OTEL_EXPORTER_OTLP_ENDPOINT", {
    shown: "",
    parse: readCollector,
    about: "Collector to which traces are exported (OTLP over HTTP, `http://collector:4318`). Tracing is disabled if absent."
  })
};

// dist/libs/config/src/config.js
var ConfigError = class extends Error {
  lines;
  constructor(lines) {
    super(lines.join("\n"));
    this.lines = lines;
    this.name = "ConfigError";
  }
};
var isLoopback = (address) => /^(localhost|127(\.\d+){3}|\[::1\]|0\.0\.0\.0)$/.test(new URL(address).hostname);
function readSome(environment, keys, lines) {
  const read = keys.map((key) => {
    const variable = variables[key];
    try {
      return [key, variable.read(textOf(environment, variable))];
    } catch (error) {
      lines.push(`${variable.name} ${error.message}`);
      return [key, void 0];
    }
  });
  return Object.fromEntries(read);
}
function withSecretsFromFiles(environment) {
  const lines = [];
  const whole = { ...environment };
  for (const variable of Object.values(variables).filter(({ isSecret }) => isSecret)) {
    try {
      const text2 = textOf(environment, variable);
      if (text2 !== void 0)
        whole[variable.name] = text2;
      delete whole[fileVariable(variable.name)];
    } catch (error) {
      lines.push(`${variable.name} ${error.message}`);
    }
  }
  if (lines.length > 0)
    throw new ConfigError(lines);
  return whole;
}
function readConfig(environment) {
  const lines = [];
  const values = readSome(environment, Object.keys(variables), lines);
  if (lines.length > 0)
    throw new ConfigError(lines);
  const dataDir = path.resolve(values.dataDir);
  const publicUrl = values.publicUrl ?? `http://localhost:${values.port}`;
  const callbackUrl = values.callbackUrl ?? publicUrl;
  const runpodEndpoints = new Map(values.runpodEndpoints.map((pair) => pair.split("=")));
  if (!runpodEndpoints.has("kyutai"))
    lines.push("RUNPOD_ENDPOINTS must name an endpoint for kyutai");
  if (isLoopback(callbackUrl) && !isLoopback(values.runpodBaseUrl)) {
    lines.push(`CALLBACK_URL ${callbackUrl} cannot be reached by RunPod at ${values.runpodBaseUrl}`);
  }
  const storageUrl = values.storageUrl ?? pathToFileURL(path.join(dataDir, "objects")).href;
  const needed = { api: "", proxy: "file:", storage: "s3:" }[values.downloads];
  if (!storageUrl.startsWith(needed))
    lines.push(`DOWNLOADS ${values.downloads} needs a STORAGE_URL of ${needed}//`);
  if (lines.length > 0)
    throw new ConfigError(lines);
  return Object.freeze({
    ...values,
    dataDir,
    publicUrl,
    callbackUrl,
    scratchDir: path.resolve(values.scratchDir ?? path.join(dataDir, "scratch")),
    storageUrl,
    databaseDirectUrl: values.databaseDirectUrl ?? values.databaseUrl,
    databaseIsPooled: values.databaseDirectUrl !== void 0,
    signingSecrets: (values.signingSecret ?? "").split(",").filter((secret2) => secret2 !== ""),
    runpodEndpoints
  });
}

// dist/libs/config/src/executables-on-path.js
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
function executablesOnPath(name, searchPath) {
  const folders = searchPath.split(delimiter).filter(isAbsolute);
  return folders.map((folder) => join(folder, name)).filter(isExecutable);
}

// dist/libs/config/src/project-root.js
import { existsSync } from "node:fs";
import path2 from "node:path";
import { fileURLToPath } from "node:url";
function findProjectRoot(start = path2.dirname(fileURLToPath(import.meta.url))) {
  if (existsSync(path2.join(start, "package.json")))
    return start;
  const parent = path2.dirname(start);
  if (parent === start)
    throw new Error("package.json was not found above this file");
  return findProjectRoot(parent);
}

export {
  ConfigError,
  withSecretsFromFiles,
  readConfig,
  isExecutable,
  executablesOnPath,
  findProjectRoot
};
