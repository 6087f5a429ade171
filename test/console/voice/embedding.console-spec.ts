import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { makePartner, type TestPartner } from '../../support/shared-stack.js';
import { details, settled, type Details } from '../../support/voices.js';
import { waitFor } from '../../support/wait-for.js';
import { expectAccessible } from '../axe.js';
import { expectTabReachesAll } from '../keyboard.js';
import { voicesOf } from '../addresses.js';
import { consoleLab } from '../lab.js';
import { expectFits } from '../sizes.js';
import { isSilent, listen, loudness, sounds } from '../sound.js';
import { choose, spokenVoice } from '../voices-made.js';

const lab = consoleLab();
let partner: TestPartner;
let anna: Details;

/** With the engine of the emulator, so that the previews have sound. */
beforeAll(async () => {
  partner = await makePartner(lab.stack);
  anna = await spokenVoice(partner, 'anna');
});

async function open(colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
  const { page } = await lab.visit({ key: partner.key, at: voicesOf(partner, anna.id), colorScheme });
  await page.getByRole('heading', { level: 1, name: 'anna' }).waitFor();
  return page;
}

const region = (page: Page, name: string): Locator => page.getByRole('region', { name });
const runs = (page: Page): Locator => page.getByRole('list', { name: 'Kept embeddings' }).getByRole('listitem');

describe('The previews of a voice', () => {
  it('are heard beside the sample that they came from', async () => {
    const page = await open();
    const row = page.getByRole('list', { name: 'Samples with their previews' }).getByRole('listitem').nth(1);
    await row.getByRole('heading', { name: 'Sample 2' }).waitFor();
    await row.getByText(/^Score \d/).waitFor();
    await row.getByRole('button', { name: 'Play Sample 2, sentence 1' }).click();
    const preview = await sounds(page);
    await row.getByRole('button', { name: 'Play Sample 2', exact: true }).click();
    expect((await sounds(page)).url).not.toBe(preview.url);
    await page.keyboard.press('Space');
    await isSilent(page);
  });

  it('are compared as A and B at the same level, by button and by key', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Sample 1 as A', exact: true }).click();
    await page.getByRole('button', { name: 'Sample 1, sentence 1 as B' }).click();
    const bar = page.getByRole('group', { name: 'Comparison of two sounds' });
    await bar.getByText(/Levels matched/).waitFor();
    await expectAccessible(page);
    await page.keyboard.press('a');
    const a = await sounds(page);
    const loudnessOfA = await loudness(page);
    await page.keyboard.press('x');
    await waitFor('it has switched', async () => (await listen(page)).url !== a.url);
    const loudnessOfB = await loudness(page);
    const decibels = 20 * Math.log10(loudnessOfA / loudnessOfB);
    expect(Math.abs(decibels)).toBeLessThan(8); // speech varies within a second; unmatched they may be 15 dB apart
    await page.keyboard.press('b');
    await bar.getByRole('button', { name: 'Clear the comparison' }).click();
  });

  it('let one prefer a sample', async () => {
    const page = await open();
    await region(page, 'Previews').getByRole('button', { name: 'Prefer sample 2' }).click();
    await region(page, 'Previews').getByRole('button', { name: 'Sample 2 is preferred. Prefer none' }).waitFor();
    expect((await details(partner, 'anna')).preferred_sample_index).toBe(2);
    await page
      .getByRole('grid', { name: 'Samples' })
      .getByRole('button', { name: /no sample instead of 2/ })
      .waitFor();
    await region(page, 'Previews').getByRole('radio', { name: 'Best first' }).click();
    const scores = await region(page, 'Previews')
      .getByText(/^Score \d/)
      .allInnerTexts();
    expect(scores).toEqual([...scores].sort().reverse());
  });

  it('say a sentence of one’s own, and play it', async () => {
    const page = await open();
    await page.getByLabel('A sentence of yours').fill('Good evening.');
    await page.getByRole('button', { name: 'Speak', exact: true }).click();
    await page.getByRole('list', { name: 'What was spoken' }).getByText('Good evening.').waitFor();
    expect((await sounds(page)).url).toMatch(/^blob:/);
    await expectAccessible(page);
  });
});

describe('The embedding of a voice', () => {
  it('is made again in another language, with sentences of one’s own', async () => {
    const page = await open();
    const panel = region(page, 'Embedding');
    await panel.getByText('acoustic-baseline').first().waitFor();
    await panel.getByRole('button', { name: 'Options' }).click();
    await panel.getByRole('button', { name: /^Language|Language$/ }).click();
    await page.getByRole('option', { name: 'French' }).click();
    await panel.getByText('Speak sentences of my own').click();
    await panel.getByLabel('Sentence 1').fill('Bonjour tout le monde.');
    await expectAccessible(page);
    await panel.getByRole('button', { name: 'Embed again' }).click();
    await page.getByRole('progressbar').first().waitFor();
    await expectAccessible(page);
    await page.getByRole('list', { name: 'Test sentences' }).getByText('Bonjour tout le monde.').waitFor({
      timeout: 40_000,
    });
    const after = await settled(partner, 'anna');
    expect(after.embedding_info).toMatchObject({ language: 'fr' });
    expect(after.embedding_info?.test_sentences[0]).toBe('Bonjour tout le monde.');
    await waitFor('both embeddings are kept', async () => (await runs(page).count()) === 2);
  });

  it('is compared with the one before, by ear', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Compare two embeddings' });
    await dialog.getByRole('button', { name: 'Compare sample 1, sentence 1' }).click();
    const first = await sounds(page);
    await dialog.getByText(/Levels matched/).waitFor();
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Switch' }).click();
    await waitFor('the other is heard', async () => (await listen(page)).url !== first.url);
    await sounds(page);
    await expectFits(page, 'compare');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  it('is restored after it is confirmed', async () => {
    const { embedding_info: before } = await details(partner, 'anna');
    const page = await open();
    await waitFor('both embeddings are there', async () => (await runs(page).count()) === 2);
    const menu = page.getByRole('button', { name: /^Actions for the embedding of/ });
    await menu.click();
    await page.getByRole('menuitem', { name: 'Restore' }).click();
    await page.getByRole('dialog').getByText('Nothing is computed.').waitFor();
    await expectAccessible(page);
    await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click();
    await page.getByText('The embedding was restored.').waitFor();
    await waitFor('the details have it', async () => {
      const { embedding_info: after } = await details(partner, 'anna');
      return after?.run_id !== before?.run_id && after?.language === 'en';
    });
    await page.getByRole('list', { name: 'Test sentences' }).getByText('The first sentence of the tests.').waitFor();
  });

  it('that is not current is deleted after it is confirmed', async () => {
    const page = await open('dark');
    await waitFor('both embeddings are there', async () => (await runs(page).count()) === 2);
    await expectAccessible(page);
    await page.getByRole('button', { name: /^Actions for the embedding of/ }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
    await waitFor('one is left', async () => (await runs(page).count()) === 1);
    await expectTabReachesAll(page);
  });
});

describe('The consents of a voice', () => {
  const consents = (page: Page): Locator => page.getByRole('list', { name: 'Consents' }).getByRole('listitem');

  it('are added with a proof, which is the same when it is downloaded', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Add consent' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add a consent' });
    await expectAccessible(page);
    await dialog.getByLabel('Statement', { exact: true }).fill('I agree that this voice is made.');
    await dialog.getByLabel('Granted by').fill('Anna Example');
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      dialog.getByRole('button', { name: 'Choose a file' }).click(),
    ]);
    const proof = Buffer.from('%PDF-1.4 signed');
    await chooser.setFiles({ name: 'signed.pdf', mimeType: 'application/pdf', buffer: proof });
    await dialog.getByRole('button', { name: 'Add consent' }).click();
    await dialog.waitFor({ state: 'detached' });
    await consents(page).getByText('Anna Example').waitFor();
    await consents(page).getByText('Valid', { exact: true }).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download signed.pdf' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('signed.pdf');
    await expectAccessible(page);
  });

  it('are revoked after it is said what that means', async () => {
    const page = await open();
    await choose(page, 'Actions for the consent of Anna Example', 'Revoke');
    await page.getByRole('dialog').getByText('This cannot be undone.').waitFor();
    await expectAccessible(page);
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click();
    await consents(page).getByText('Revoked', { exact: true }).waitFor();
    const { body } = await partner.http.get<readonly { revoked_at: string | null }[]>(
      `${partner.route('anna')}/consent`,
    );
    expect(body[0]?.revoked_at).not.toBe(null);
  });

  it('can be revoked with the voice, whose name is typed', async () => {
    const page = await open();
    await choose(page, 'Actions for the consent of Anna Example', 'Revoke and erase the voice');
    const dialog = page.getByRole('dialog', { name: 'Erase anna?' });
    const erase = dialog.getByRole('button', { name: 'Erase anna' });
    expect(await erase.isDisabled()).toBe(true);
    await dialog.getByRole('textbox').fill('anna');
    await erase.click();
    await page.waitForURL(`**/#${voicesOf(partner)}`);
    expect((await partner.http.get(partner.route(anna.id))).status).toBe(404);
  });
});
