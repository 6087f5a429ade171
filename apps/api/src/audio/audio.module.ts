import path from 'node:path';
import { Global, Module } from '@nestjs/common';
import { findAudioTools } from '#libs/audio';
import { CONFIG, type Config } from '#libs/config';
import { FFMPEG_TURNS, type FfmpegTurns } from '#libs/samples';
import { LOGGER, type Logger } from '#libs/logging';
import { AudioWork } from './audio-work.js';
import { ShortRecordings } from './short-recordings.js';

/** ffmpeg and ffprobe, for the features that receive or measure recordings. */
@Global()
@Module({
  providers: [
    { provide: AudioWork, useFactory: openAudioWork, inject: [CONFIG, LOGGER] },
    ShortRecordings,
    { provide: FFMPEG_TURNS, useFactory: conversionTurns, inject: [AudioWork] },
  ],
  exports: [AudioWork, ShortRecordings, FFMPEG_TURNS],
})
export class AudioModule {}

/** @throws Error that names the missing tool and how to install it */
async function openAudioWork(config: Config, logger: Logger): Promise<AudioWork> {
  const tools = await findAudioTools({
    ffmpegPath: config.ffmpegPath,
    ffprobePath: config.ffprobePath,
    searchPath: config.searchPath,
    launcherFolder: path.join(config.dataDir, 'launchers'),
  });
  if (tools.ffmpeg.origin === 'npm' || tools.ffprobe.origin === 'npm') {
    logger.warn('ffmpeg comes from npm, use the patched build of a distribution in production');
  }
  return new AudioWork(tools, config.apiFfmpegProcesses);
}

/** Measuring an original counts as a conversion. */
function conversionTurns(audio: AudioWork): FfmpegTurns {
  return { run: (partnerId, work, signal) => audio.convert(partnerId, work, signal) };
}
