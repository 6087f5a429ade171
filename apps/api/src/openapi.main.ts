import 'reflect-metadata';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { NestFactory } from '@nestjs/core';
import { pino } from 'pino';
import { readConfig } from '#libs/config';
import { AppModule } from './app.module.js';
import { describeApi, projectRoot } from './docs/describe-api.js';

/** Paths are relative to wherever the description is used. */
const relativeServer = '/';

/** Enough of an environment to look at the modules: none of it is ever opened. */
const nothingReal = {
  DATABASE_URL: 'postgres://nowhere/none',
  REDIS_URL: 'redis://nowhere',
  RUNPOD_BASE_URL: 'http://localhost',
  RUNPOD_API_KEY: 'none',
};

/** The description as it is committed. No service is needed: modules are looked at, nothing is opened. */
async function describe(): Promise<string> {
  const config = readConfig(nothingReal);
  const module = AppModule.with(config, pino({ level: 'silent' }));
  const app = await NestFactory.create(module, { preview: true, logger: false, abortOnError: false });
  app.setGlobalPrefix('api');
  const document = describeApi(app, relativeServer);
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Writes openapi.json; with `--check` only says whether the committed one is fresh. */
async function main(): Promise<void> {
  const file = path.join(projectRoot(), 'openapi.json');
  const fresh = await describe();
  if (!process.argv.includes('--check')) {
    await writeFile(file, fresh);
    return;
  }
  const committed = await readFile(file, 'utf8').catch(() => '');
  if (committed !== fresh) throw new Error('openapi.json is not fresh: run apps/api/src/openapi.main');
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
