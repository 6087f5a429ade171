import { Module } from '@nestjs/common';
import { EventFeed } from './event-feed.js';
import { EventsRepository } from './events.repository.js';

/** Follows the events of voices. `emitEvent` writes them. Needs the global module of the database. */
@Module({ providers: [EventFeed, EventsRepository], exports: [EventFeed] })
export class EventsModule {}
