/**
 * Events of voices: an outbox. A change writes its event in its own transaction, so that there is an event exactly if the
 * change was committed. A NOTIFY wakes readers; what has happened they read from the table.
 */
export { emitEvent, emitEvents, notifyProgress } from './emit-event.js';
export { EventFeed, type VoiceChanges } from './event-feed.js';
export { EventsModule } from './events.module.js';
export { forgetEvents, takeNewEvents, type VoiceEvent } from './new-events.js';
export { parsePosition, positionText } from './position.js';
