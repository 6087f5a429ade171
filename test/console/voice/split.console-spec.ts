import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import type { TestPartner } from '../../support/shared-stack.js';
import { settled, type Details } from '../../support/voices.js';
import { waitFor } from '../../support/wait-for.js';
import { expectAccessible } from '../axe.js';
import { expectTabReachesAll } from '../keyboard.js';
import { voicesOf } from '../addresses.js';
import { consoleLab } from '../lab.js';
import { expectFits } from '../sizes.js';
import { spokenVoice } from '../voices-made.js';

const lab = consoleLab();
let partner: TestPartner;
let anna: Details;

beforeAll(async () => {
  partner = await lab.partner();
  anna = await spokenVoice(partner, 'anna');
});

async function open(): Promise<Page> {
  const { page } = await lab.visit({ key: partner.key, at: voicesOf(partner, anna.id) });
  await page.getByRole('button', { name: 'Try another split' }).click();
  await outcome(page).waitFor();
  return page;
}

const editor = (page: Page): Locator => page.getByRole('region', { name: 'Split' });
const outcome = (page: Page): Locator => editor(page).getByText(/\d+ samples?, [\d:]+ of audio/);
const plannedCuts = (page: Page): Locator => page.locator('.cuts-planned .cut');

/** What the API says that such a split would make. */
async function dryRun(fields: Readonly<Record<string, unknown>>): Promise<number> {
  const { body } = await partner.http.post<{ samples: readonly unknown[] }>(`${partner.route('anna')}/split`, {
    ...fields,
    dry_run: true,
  });
  return body.samples.length;
}

const setNumber = async (page: Page, name: string, value: string): Promise<void> => {
  await editor(page).getByRole('textbox', { name }).fill(value);
  await page.keyboard.press('Tab');
};

describe('The split editor', () => {
  it('draws what a split would make, and changes nothing', async () => {
    const page = await open();
    await waitFor('the cuts are drawn', async () => (await plannedCuts(page).count()) > 0);
    await editor(page).getByRole('radio', { name: 'At fixed times' }).click();
    await setNumber(page, 'Length', '10');
    const expected = await dryRun({ mode: 'fixed', sample_duration: 10, max_samples: 25 });
    await editor(page).getByText(`${expected} samples`).waitFor();
    await waitFor('as many cuts', async () => (await plannedCuts(page).count()) === expected);
    await setNumber(page, 'Samples, at most', '3');
    await editor(page).getByText('3 samples').waitFor();
    await waitFor('three cuts', async () => (await plannedCuts(page).count()) === 3);
    await expectAccessible(page);
    await expectTabReachesAll(page);
    await expectFits(page, 'split');
    await editor(page).getByRole('button', { name: 'Cancel' }).click();
    await waitFor('no planned cut', async () => (await plannedCuts(page).count()) === 0);
    expect((await settled(partner, 'anna')).samples.length).toBe(5);
  });

  it('shows the sentence of the API for what cannot be split so', async () => {
    const visit = await lab.visit({ key: partner.key, at: voicesOf(partner, anna.id) });
    visit.tolerate(/status of 422|ERR_FAILED/);
    await visit.page.route('**/split', (route) => route.abort());
    await visit.page.getByRole('button', { name: 'Try another split' }).click();
    await editor(visit.page).getByRole('alert').waitFor();
    await expectAccessible(visit.page);
  });

  it('applies a split after it has said what is lost', async () => {
    const page = await open();
    await editor(page).getByRole('radio', { name: 'At fixed times' }).click();
    await setNumber(page, 'Length', '20');
    await editor(page).getByText('3 samples').waitFor();
    await editor(page).getByRole('button', { name: 'Apply' }).click();
    const dialog = page.getByRole('dialog', { name: 'Replace the samples?' });
    await dialog.getByText('All 5 samples are replaced for ever.').waitFor();
    await dialog.getByText('Scores and previews are cleared until you embed again.').waitFor();
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Cut 3 samples' }).click();
    await dialog.waitFor({ state: 'detached' });
    const rows = page.getByRole('grid', { name: 'Samples' }).getByRole('row');
    await waitFor('the list has the new samples', async () => (await rows.count()) === 3);
    expect((await settled(partner, 'anna')).samples.map(({ duration }) => duration)).toEqual([20, 20, 20]);
    await waitFor('so has the waveform', async () => (await page.locator('.pane .cut').count()) === 3);
  });
});
