import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { AddressInfo } from 'node:net';
import type { EmulatorOptions } from './emulator-options.js';
import { EmulatorModule } from './emulator.module.js';
import { Ffmpeg } from './engine/ffmpeg.js';
import { findSynthesiser } from './engine/speech.js';

/** RunPod takes bodies of /run up to 10 MB. */
const LARGEST_BODY_BYTES = 10 * 1024 * 1024;
/** Longer than clients keep a connection they may use again, so that none is closed under a request. */
const KEEP_ALIVE_MS = 65_000;

export interface RunningEmulator {
  /** Base address, without a slash at its end. */
  readonly url: string;
  /** Ends jobs, children and connections at once. */
  close(): Promise<void>;
}

/**
 * Starts an emulator.
 *
 * @throws Error with a sentence for people when ffmpeg or a speech synthesiser is missing, or the port is taken
 */
export async function startEmulator(options: EmulatorOptions): Promise<RunningEmulator> {
  const synthesiser = findSynthesiser();
  await new Ffmpeg(options.ffmpegPath, 1).check();
  const app = await NestFactory.create<NestExpressApplication>(EmulatorModule.with(options, synthesiser), {
    bodyParser: false,
    forceCloseConnections: true,
    logger: ['error', 'warn'],
  });
  app.useBodyParser('json', { limit: LARGEST_BODY_BYTES });
  app.getHttpServer().keepAliveTimeout = KEEP_ALIVE_MS;
  await app.listen(options.port, options.host);
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { url: `http://${options.host}:${port}`, close: () => app.close() };
}
