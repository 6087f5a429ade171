import { randomBytes } from 'node:crypto';
import { Module, type DynamicModule } from '@nestjs/common';
import { Database, settingOnce } from '#libs/database';
import { createStorage } from './create-storage.js';
import { DownloadUrls } from './download-urls.js';

/** Injects the process's `ObjectStorage`. */
export const OBJECT_STORAGE = Symbol('ObjectStorage');

/** Injects the secrets of signed URLs: the first signs, all verify. */
export const SIGNING_SECRETS = Symbol('SigningSecrets');

export interface StorageModuleOptions {
  readonly url: string;
  /** PUBLIC_URL: the API as people reach it. */
  readonly clientBaseUrl: string;
  /** CALLBACK_URL: the API as the GPU side reaches it. */
  readonly gpuBaseUrl: string;
  /** Empty: one is made once and kept in Postgres, so that every process signs alike. */
  readonly secrets: readonly string[];
}

/** The storage of a process. Needs a global `Database`. */
@Module({})
export class StorageModule {
  static forRoot(options: StorageModuleOptions): DynamicModule {
    return {
      module: StorageModule,
      global: true,
      providers: [
        {
          provide: SIGNING_SECRETS,
          useFactory: async (database: Database): Promise<readonly string[]> =>
            options.secrets.length > 0
              ? options.secrets
              : [await settingOnce(database, 'signing_secret', () => randomBytes(32).toString('base64url'))],
          inject: [Database],
        },
        {
          provide: OBJECT_STORAGE,
          useFactory: (secrets: readonly string[]) =>
            createStorage(options.url, { signing: { baseUrl: options.gpuBaseUrl, secrets } }),
          inject: [SIGNING_SECRETS],
        },
        {
          provide: DownloadUrls,
          useFactory: (secrets: readonly string[]) => new DownloadUrls({ baseUrl: options.clientBaseUrl, secrets }),
          inject: [SIGNING_SECRETS],
        },
      ],
      exports: [OBJECT_STORAGE, SIGNING_SECRETS, DownloadUrls],
    };
  }
}
