import { findTestTools, temporaryFolder } from '../support/audio-measure.js';
import { judgeCuts, type CutPlaces } from './cut-places.js';

/** Prints the table of docs/splitting.md. */
async function main(): Promise<void> {
  const folder = await temporaryFolder();
  try {
    const places = await judgeCuts(await findTestTools(folder.path), 5);
    console.log('| recording | mode | cuts inside of speech | windows that say so | mean length | kept |');
    console.log('| --- | --- | --- | --- | --- | --- |');
    for (const row of places) console.log(line(row));
  } finally {
    await folder.remove();
  }
}

function line({ condition, mode, cuts, inSpeech, cutInWord, meanSeconds, kept }: CutPlaces): string {
  const share = `${inSpeech} of ${cuts} (${((100 * inSpeech) / cuts).toFixed(1)} %)`;
  return `| ${condition} | ${mode} | ${share} | ${cutInWord} | ${meanSeconds.toFixed(1)} s | ${Math.round(100 * kept)} % |`;
}

await main();
