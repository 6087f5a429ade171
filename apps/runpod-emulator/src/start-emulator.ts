import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { AddressInfo } from 'node:net';
import type { EmulatorOptions } from './emulator-options.js';
import { EmulatorModule } from './emulator.module.js';
import { Ffmpeg } from './engine/ffmpeg.js';
import { findSynthesiser } from './engine/speech/speech.js';

/** RunPod accepts bodies of /run up to 10 MB. */
const maxBodyBytes = 10 * 1024 * 1024;
/** Longer than clients keep an idle connection, so that none is closed while a client sends a request. */
const keepAliveMs = 65_000;

export interface RunningEmulator {
  /** Base URL, without a trailing slash. */
  readonly url: string;
  /** Ends jobs, child processes and connections immediately. */
  close(): Promise<void>;
}

/**
 * Starts an emulator.
 *
 * @throws Error with a line for the operator if ffmpeg or a speech synthesiser is missing, or the port is in use
 */
export async function startEmulator(options: EmulatorOptions): Promise<RunningEmulator> {
  const synthesiser = findSynthesiser();
  await new Ffmpeg(options.ffmpegPath, 1).check();
  const app = await NestFactory.create<NestExpressApplication>(EmulatorModule.with(options, synthesiser), {
    bodyParser: false,
    forceCloseConnections: true,
    logger: ['error', 'warn'],
  });
  app.useBodyParser('json', { limit: maxBodyBytes });
  // RunPod's SDK sends JSON under a form's content type (job-done).
  app.useBodyParser('text', { limit: maxBodyBytes, type: 'application/x-www-form-urlencoded' });
  app.getHttpServer().keepAliveTimeout = keepAliveMs;
  await app.listen(options.port, options.host);
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { url: `http://${options.host}:${port}`, close: () => app.close() };
}
