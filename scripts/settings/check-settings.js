// Written by `npm run settings` from apps/standalone/src/check-settings.ts: change that one.
import {
  ConfigError,
  findProjectRoot,
  readConfig,
  withSecretsFromFiles
} from "./shared.js";

// dist/libs/local-services/src/embedded-postgres.js
import fs3 from "node:fs";
import path4 from "node:path";

// dist/libs/local-services/src/ports.js
import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect, createServer } from "node:net";

// dist/libs/local-services/src/postgres-account.js
import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";

// dist/libs/local-services/src/postgres-binaries.js
import { spawnSync as spawnSync2 } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
var require2 = createRequire(import.meta.url);

// dist/libs/local-services/src/postgres-cluster.js
import { spawnSync as spawnSync3 } from "node:child_process";
import { randomBytes } from "node:crypto";
import fs2 from "node:fs";
import path2 from "node:path";

// dist/libs/local-services/src/process-identity.js
import { spawnSync as spawnSync4 } from "node:child_process";
import { readFileSync as readFileSync3 } from "node:fs";

// dist/libs/local-services/src/proc-stat.js
import { readFileSync as readFileSync2 } from "node:fs";

// dist/libs/local-services/src/wait-until.js
import { setTimeout as sleep } from "node:timers/promises";

// dist/libs/local-services/src/project-root.js
import path3 from "node:path";
var projectRoot = findProjectRoot();

// dist/libs/local-services/src/embedded-valkey.js
import { connect as connect2 } from "node:net";

// dist/libs/local-services/src/managed-process.js
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

// dist/libs/local-services/src/service-environment.js
import path5 from "node:path";
import { pathToFileURL } from "node:url";
function serviceEnvironment(given, around) {
  const defaults = {
    HOST: "127.0.0.1",
    PUBLIC_URL: around.address,
    // The emulator runs on this machine and can reach this address. RunPod cannot: the operator sets another.
    ...given["RUNPOD_BASE_URL"] ? {} : { CALLBACK_URL: around.address },
    SCRATCH_DIR: path5.join(around.dataDir, "scratch"),
    STORAGE_URL: pathToFileURL(path5.join(around.dataDir, "objects")).href,
    RUNPOD_ENDPOINTS: "kyutai=kyutai",
    LOG_FORMAT: given["NODE_ENV"] === "production" ? "json" : "pretty",
    SHUTDOWN_DELAY_SECONDS: "0",
    SHUTDOWN_GRACE_SECONDS: "5"
  };
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ""));
  return {
    ...defaults,
    ...set,
    PORT: String(around.port),
    DATA_DIR: around.dataDir,
    DATABASE_URL: around.databaseUrl,
    REDIS_URL: around.redisUrl,
    RUNPOD_BASE_URL: around.runpodBaseUrl,
    RUNPOD_API_KEY: around.runpodApiKey,
    ADMIN_API_KEY: set["ADMIN_API_KEY"] ?? around.adminApiKey,
    // may be a list
    FFMPEG_PATH: around.ffmpegPath,
    FFPROBE_PATH: around.ffprobePath
  };
}
function workerEnvironment(env) {
  const port = env["METRICS_PORT"];
  return port ? { ...env, METRICS_PORT: String(Number(port) + 1) } : env;
}

// dist/apps/standalone/src/settings.js
import { randomBytes as randomBytes2 } from "node:crypto";
import path6 from "node:path";
function readSettings(environment) {
  const port = environment["PORT"] || "8080";
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65535) {
    throw new Error(`PORT must be a whole number from 1 to 65535, not ${port}`);
  }
  const host = environment["HOST"] || "127.0.0.1";
  const ownAdminKey = environment["ADMIN_API_KEY"]?.split(",")[0]?.trim();
  return {
    address: `http://${host === "0.0.0.0" ? "127.0.0.1" : host}:${port}`,
    dataDir: path6.resolve(environment["DATA_DIR"] || ".data"),
    port: Number(port),
    isProduction: environment["NODE_ENV"] === "production",
    databaseUrl: environment["DATABASE_URL"] || void 0,
    redisUrl: environment["REDIS_URL"] || void 0,
    runpodBaseUrl: environment["RUNPOD_BASE_URL"] || void 0,
    runpodApiKey: environment["RUNPOD_API_KEY"] || randomBytes2(24).toString("base64url"),
    adminApiKey: ownAdminKey || randomBytes2(24).toString("base64url"),
    isAdminKeyOfThisRun: !ownAdminKey,
    hasConsole: environment["CONSOLE"] !== "off",
    hasQueuesBoard: environment["BULL_BOARD"] !== "off"
  };
}

// dist/apps/standalone/src/check-settings.js
function complaints(action) {
  try {
    action();
    return [];
  } catch (error) {
    return error instanceof ConfigError ? error.lines : [error.message];
  }
}
function expectedEnvironment(given, settings) {
  return serviceEnvironment(given, {
    ...settings,
    databaseUrl: settings.databaseUrl ?? "postgres://localhost/embedded",
    redisUrl: settings.redisUrl ?? "redis://localhost",
    runpodBaseUrl: settings.runpodBaseUrl ?? "http://127.0.0.1/v2",
    ffmpegPath: given["FFMPEG_PATH"] || "ffmpeg",
    ffprobePath: given["FFPROBE_PATH"] || "ffprobe"
  });
}
function wrongSettings(environment) {
  let given = environment;
  const unreadable = complaints(() => given = withSecretsFromFiles(environment));
  if (unreadable.length > 0)
    return unreadable;
  const port = complaints(() => readSettings(given));
  const usable = port.length === 0 ? given : { ...given, PORT: void 0 };
  const api = expectedEnvironment(usable, readSettings(usable));
  const lines = [api, workerEnvironment(api)].flatMap((each) => complaints(() => readConfig(each)));
  const isDirectAlone = given["DATABASE_DIRECT_URL"] && !given["DATABASE_URL"];
  const direct = isDirectAlone ? ["DATABASE_DIRECT_URL is of no use without DATABASE_URL"] : [];
  return [.../* @__PURE__ */ new Set([...port, ...lines, ...direct])];
}
export {
  wrongSettings
};
