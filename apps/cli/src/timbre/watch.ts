import { setTimeout as sleep } from 'node:timers/promises';
import { ApiFailure, followEvents, isBusy, unwrap, type Connection, type Schema, type Timbre } from '#libs/client';
import { CliFailure, exitCodes } from '../failure.js';

type Details = Schema<'VoiceDetails'>;

export interface WatchOptions {
  readonly connection: Connection;
  readonly timbre: Timbre;
  readonly partner: string;
  /** Its id: a name may change meanwhile. */
  readonly voice: string;
  readonly signal: AbortSignal;
  readonly onChange: (voice: Details) => void;
}

/** How long to wait before a stream that ended is opened again. */
const reconnectMs = 2000;

/**
 * Returns the details of a voice once nothing of it is processed any more. Follows its stream of events. Where streams
 * are cut off, it asks for the details instead, with each new attempt.
 *
 * @throws ApiFailure if Timbre refuses
 * @throws CliFailure if the voice is deleted
 */
export async function watchVoice(options: WatchOptions): Promise<Details> {
  for (;;) {
    const settled = (await followOnce(options)) ?? (await look(options));
    if (settled) return settled;
    await sleep(reconnectMs, undefined, { signal: options.signal });
  }
}

/** Returns undefined if the stream ends before the processing. */
async function followOnce(options: WatchOptions): Promise<Details | undefined> {
  const { connection, partner, voice, signal, onChange } = options;
  const path = `/api/voices/${encodeURIComponent(partner)}/${encodeURIComponent(voice)}/events`;
  try {
    for await (const { name, data } of followEvents(connection, path, { signal })) {
      if (name === 'voice.deleted') throw new CliFailure('The voice was deleted', exitCodes.processingFailed);
      if (name !== 'voice.updated') continue;
      const details = data as Details;
      onChange(details);
      if (!isBusy(details)) return details;
    }
    return undefined;
  } catch (error) {
    if (signal.aborted || !(error instanceof ApiFailure)) throw error;
    return undefined;
  }
}

async function look({ timbre, partner, voice, signal, onChange }: WatchOptions): Promise<Details | undefined> {
  const path = { partner, voice };
  const details = await unwrap(timbre.GET('/api/voices/{partner}/{voice}', { params: { path }, signal }));
  onChange(details);
  return isBusy(details) ? undefined : details;
}
