import { audioToolsOfThisMachine, temporaryFolder } from '../../../test/support/audio-measure.js';

let found: Promise<string> | undefined;

/** Path of the ffmpeg that the product would use on this machine. */
export function findFfmpeg(): Promise<string> {
  return (found ??= look());
}

async function look(): Promise<string> {
  const launchers = await temporaryFolder();
  const { ffmpeg } = await audioToolsOfThisMachine(launchers.path);
  await launchers.remove();
  return ffmpeg.path;
}
