import path from 'node:path';
import { NestFactory } from '@nestjs/core';
import { findAudioTools } from '#libs/audio';
import { waitForSchema } from '#libs/database';
import { JobQueues, warnOfEviction, warnOfRedisTrouble } from '#libs/jobs';
import { NestLogger } from '#libs/logging';
import { runService } from '#libs/service';
import { ScratchFolder } from '#libs/storage';
import { WorkerModule } from './worker.module.js';

runService('worker', async ({ config, logger }) => {
  await waitForSchema(config, logger);
  const tools = await findAudioTools({
    ffmpegPath: config.ffmpegPath,
    ffprobePath: config.ffprobePath,
    searchPath: config.searchPath,
    launcherFolder: path.join(config.scratchDir, 'launchers'),
  });
  const scratch = await ScratchFolder.open(config.scratchDir, 'worker');
  const app = await NestFactory.createApplicationContext(WorkerModule.forRoot({ config, logger, tools, scratch }), {
    logger: new NestLogger(logger),
  });
  warnOfEviction(app.get(JobQueues), logger);
  warnOfRedisTrouble(app.get(JobQueues), logger);
  return {
    readyLine: { ffmpeg: tools.ffmpeg.version, ffmpegProcesses: config.ffmpegProcesses },
    stop: async () => {
      await app.close();
      await scratch.close();
    },
  };
});
