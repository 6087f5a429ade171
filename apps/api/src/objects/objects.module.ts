import { Module } from '@nestjs/common';
import { Database } from '#libs/database';
import { ObjectsController } from './objects.controller.js';
import { SignedObjectsRepository } from './signed-objects.repository.js';

/** Signed URLs of the local storage. */
@Module({
  controllers: [ObjectsController],
  providers: [
    {
      provide: SignedObjectsRepository,
      useFactory: (database: Database) => new SignedObjectsRepository(database),
      inject: [Database],
    },
  ],
})
export class ObjectsModule {}
