import { NestFactory } from '@nestjs/core';
import type { OpenAPIObject } from '@nestjs/swagger';
import { pino } from 'pino';
import { readConfig } from '#libs/config';
import { AppModule } from '../app.module.js';
import { describeApi } from './describe-api.js';

/** Enough of an environment to load the modules. Nest's preview mode opens none of it. */
const nothingReal = {
  DATABASE_URL: 'postgres://nowhere/none',
  REDIS_URL: 'redis://nowhere',
  RUNPOD_BASE_URL: 'http://localhost',
  RUNPOD_API_KEY: 'none',
};

/** Describes the API as it is committed, without any service: paths are relative to wherever the description is used. */
export async function describeUnopened(): Promise<OpenAPIObject> {
  const module = AppModule.with(readConfig(nothingReal), pino({ level: 'silent' }));
  const app = await NestFactory.create(module, { preview: true, logger: false, abortOnError: false });
  app.setGlobalPrefix('api');
  return describeApi(app, '/');
}
