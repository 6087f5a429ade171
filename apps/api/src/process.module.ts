import path from 'node:path';
import { Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { findAudioTools } from '#libs/audio';
import type { Config } from '#libs/config';
import type { Logger } from '#libs/logging';
import { ScratchFolder } from '#libs/storage';
import { CONFIG, LOGGER } from './app-tokens.js';
import { AudioWork } from './audio/audio-work.js';
import { BodyReader } from './body/body-reader.js';
import { Downloads } from './downloads/downloads.js';
import { EveryErrorFilter } from './http/every-error.filter.js';
import { RouteTable } from './http/route-table.js';

/** Leaves nothing behind when the process ends. */
class ScratchCloser implements OnApplicationShutdown {
  constructor(private readonly scratch: ScratchFolder) {}

  onApplicationShutdown(): Promise<void> {
    return this.scratch.close();
  }
}

/** What this process itself is made of: its configuration, log, scratch folder and audio tools. */
@Module({})
export class ProcessModule {
  static with(config: Config, logger: Logger): DynamicModule {
    return {
      module: ProcessModule,
      global: true,
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: LOGGER, useValue: logger },
        { provide: ScratchFolder, useFactory: () => ScratchFolder.open(config.scratchDir, 'api') },
        {
          provide: ScratchCloser,
          useFactory: (scratch: ScratchFolder) => new ScratchCloser(scratch),
          inject: [ScratchFolder],
        },
        { provide: AudioWork, useFactory: () => openAudioWork(config, logger) },
        BodyReader,
        Downloads,
        RouteTable,
        EveryErrorFilter,
      ],
      exports: [CONFIG, LOGGER, ScratchFolder, AudioWork, BodyReader, Downloads, RouteTable, EveryErrorFilter],
    };
  }
}

/** @throws Error that says in words which tool is missing and how to get it */
async function openAudioWork(config: Config, logger: Logger): Promise<AudioWork> {
  const tools = await findAudioTools({
    ffmpegPath: config.ffmpegPath,
    ffprobePath: config.ffprobePath,
    searchPath: config.searchPath,
    launcherFolder: path.join(config.dataDir, 'launchers'),
  });
  if (tools.ffmpeg.origin === 'npm' || tools.ffprobe.origin === 'npm') {
    logger.warn('ffmpeg comes from npm: good for trying out; production needs the patched one of a distribution');
  }
  return new AudioWork(tools, config.apiFfmpegProcesses);
}
