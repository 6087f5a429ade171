import { Module } from '@nestjs/common';
import { EventsModule } from '#libs/events';
import { VoicesModule } from '#libs/voices';
import { VoicesApiModule } from '../voices/voices.module.js';
import { EventStreams } from './event-streams.service.js';
import { EventsController } from './events.controller.js';

/** Streams of events. Before the module of voices, because `…/events` would be a voice there. */
@Module({
  imports: [EventsModule, VoicesModule, VoicesApiModule],
  controllers: [EventsController],
  providers: [EventStreams],
})
export class EventsApiModule {}
