import { beforeAll, describe, expect, it } from '@jest/globals';
import { audioLab } from '../../../../test/support/audio-lab.js';
import { pickOfForm, rowsOfForm } from '../../../../test/support/test-form.js';
import { cleanSpeech, languages, type CleanSpeech } from '../../../../test/quality/clean-speech.js';
import { damages } from '../../../../test/quality/damages.js';
import { judge, tally } from '../../../../test/quality/judge.js';

const speakers = pickOfForm<readonly (typeof languages)[number][]>(['fr'], languages);
/** Of each speaker. */
const stretches = pickOfForm(5, 8);

describe('gradeOf, over stretches of clean and damaged speech', () => {
  const lab = audioLab();
  let speech: readonly CleanSpeech[];
  beforeAll(async () => {
    speech = await Promise.all(speakers.map((language) => cleanSpeech(lab.tools, language, stretches)));
  });

  const rows = damages.map((damage) => [damage.name, damage] as const);
  it.each(rowsOfForm(rows, ['70 % silence', '300–3400 Hz']))('gives %s its reason and no other', async (_, damage) => {
    for (const clean of speech) {
      const { uploaded, stored } = await judge(lab, damage, clean);
      expect(tally(uploaded, damage.code)).toEqual({ total: stretches, hits: stretches, falseAlarms: 0 });
      expect(tally(stored, damage.code)).toEqual({ total: stretches, hits: stretches, falseAlarms: 0 });
    }
  });
});
