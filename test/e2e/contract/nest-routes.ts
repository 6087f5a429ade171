import 'reflect-metadata';
import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, ModulesContainer, NestFactory } from '@nestjs/core';
import { pino } from 'pino';
import { readConfig } from '#libs/config';
import { AppModule } from '../../../apps/api/src/app.module.js';

/** Returns the application's routes as Nest reads them from the controllers. */
export async function nestRoutes(): Promise<string[]> {
  const config = readConfig({
    DATABASE_URL: 'postgres://nowhere/none',
    REDIS_URL: 'redis://nowhere',
    RUNPOD_BASE_URL: 'http://localhost',
    RUNPOD_API_KEY: 'none',
  });
  const module = AppModule.with(config, pino({ level: 'silent' }));
  const app = await NestFactory.create(module, { preview: true, logger: false, abortOnError: false });
  const modules = [...app.get(ModulesContainer, { strict: false }).values()];
  const controllers = modules.flatMap((each) => [...each.controllers.values()]);
  return controllers.flatMap(({ metatype }) => {
    const type = metatype as { readonly prototype: Record<string, object> } & object;
    const base = Reflect.getMetadata(PATH_METADATA, type) as string;
    return new MetadataScanner().getAllMethodNames(type.prototype).flatMap((name) => {
      const handler = type.prototype[name] as object;
      const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
      if (method === undefined) return [];
      const path = [base, Reflect.getMetadata(PATH_METADATA, handler) as string].join('/').replace(/\/+$/, '');
      return [`${RequestMethod[method]} /api/${path.replaceAll(/:(\w+)/g, '{$1}').replaceAll(/\/+/g, '/')}`];
    });
  });
}
