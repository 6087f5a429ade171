import { Module } from '@nestjs/common';
import { EmbeddingsModule } from '#libs/embeddings';
import { ObjectsController } from './objects.controller.js';
import { SignedObjectsRepository } from './signed-objects.repository.js';

@Module({ imports: [EmbeddingsModule], controllers: [ObjectsController], providers: [SignedObjectsRepository] })
export class ObjectsModule {}
