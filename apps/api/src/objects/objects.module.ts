import { Module } from '@nestjs/common';
import { Database } from '#libs/database';
import { ObjectsController } from './objects.controller.js';
import { SignedObjectsRepository } from './signed-objects.repository.js';

/** Signed URLs that the API serves. */
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
