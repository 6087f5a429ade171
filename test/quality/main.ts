import { join } from 'node:path';
import { findAudioTools } from '#libs/audio';
import { writeBetween } from '../bench/write-docs.js';
import { temporaryFolder } from '../support/audio-measure.js';
import { cleanSpeech, languages, type CleanSpeech } from './clean-speech.js';
import { damages, milderDamages, type Damage, type DamageLab } from './damages.js';
import { judge } from './judge.js';
import { judgeSpeakers } from './other-speakers.js';
import { damageTable, speakerTable, type JudgedDamage } from './report.js';

/** `npm run bench:quality` judges damaged recordings and writes the tables of docs/quality.md. */
async function main(): Promise<void> {
  const folder = await temporaryFolder();
  try {
    const launcherFolder = join(folder.path, 'launchers');
    const tools = await findAudioTools({ searchPath: process.env['PATH'] ?? '', launcherFolder });
    const speech = await Promise.all(languages.map((language) => cleanSpeech(tools, language, 20)));
    const lab = { tools, folder: folder.path };
    for (const [mark, chosen] of Object.entries({ damages, milder: milderDamages })) {
      const judged: JudgedDamage[] = [];
      for (const damage of chosen) judged.push(await judgeAll(lab, damage, speech));
      await show(mark, damageTable(judged));
    }
    await show('speakers', speakerTable(await judgeSpeakers(tools, 200)));
  } finally {
    await folder.remove();
  }
}

async function judgeAll(lab: DamageLab, damage: Damage, speech: readonly CleanSpeech[]): Promise<JudgedDamage> {
  const all: JudgedDamage = { damage, uploaded: [], stored: [] };
  let { uploaded, stored } = all;
  for (const clean of speech) {
    const verdicts = await judge(lab, damage, clean);
    uploaded = [...uploaded, ...verdicts.uploaded];
    stored = [...stored, ...verdicts.stored];
  }
  return { damage, uploaded, stored };
}

async function show(mark: string, text: string): Promise<void> {
  console.log(`${text}\n`);
  await writeBetween('quality.md', mark, text);
}

await main();
