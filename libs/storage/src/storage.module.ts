import { randomBytes } from 'node:crypto';
import { Global, Module } from '@nestjs/common';
import { CONFIG, type Config } from '#libs/config';
import { Database, DatabaseClock, settingOnce } from '#libs/database';
import { createStorage } from './create-storage.js';
import type { ObjectStorage } from './object-storage.js';
import { DownloadUrls } from './signed-urls/download-urls.js';

/** Injects the process's `ObjectStorage`. */
export const OBJECT_STORAGE = Symbol('ObjectStorage');

/** Injects the secrets of signed URLs: the first signs, all verify. */
export const SIGNING_SECRETS = Symbol('SigningSecrets');

/** Without a configured secret one is generated once and kept in Postgres, so that all processes sign alike. */
async function signingSecrets({ signingSecrets }: Config, database: Database): Promise<readonly string[]> {
  if (signingSecrets.length > 0) return signingSecrets;
  return [await settingOnce(database, 'signing_secret', () => randomBytes(32).toString('base64url'))];
}

function openStorage(config: Config, secrets: readonly string[], { now }: DatabaseClock): Promise<ObjectStorage> {
  return createStorage(config.storageUrl, {
    signing: { baseUrl: config.callbackUrl, secrets, now },
    groupReadable: config.storageGroupReadable === 'on',
  });
}

/** The storage of a process. */
@Global()
@Module({
  providers: [
    { provide: SIGNING_SECRETS, useFactory: signingSecrets, inject: [CONFIG, Database] },
    { provide: OBJECT_STORAGE, useFactory: openStorage, inject: [CONFIG, SIGNING_SECRETS, DatabaseClock] },
    {
      provide: DownloadUrls,
      useFactory: (config: Config, secrets: readonly string[], { now }: DatabaseClock) =>
        new DownloadUrls({ baseUrl: config.publicUrl, secrets, now }),
      inject: [CONFIG, SIGNING_SECRETS, DatabaseClock],
    },
  ],
  exports: [OBJECT_STORAGE, SIGNING_SECRETS, DownloadUrls],
})
export class StorageModule {}
