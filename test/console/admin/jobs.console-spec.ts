import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { behave, behaveAgain } from '../../e2e/contract/emulated.js';
import { finished, voiceOfSamples } from '../../e2e/contract/made-voices.js';
import type { TestPartner } from '../../support/shared-stack.js';
import { details } from '../../support/voices.js';
import { waitFor } from '../../support/wait-for.js';
import { expectAccessible } from '../axe.js';
import { expectTabReachesAll } from '../keyboard.js';
import { consoleLab } from '../lab.js';
import { expectFits } from '../sizes.js';

const lab = consoleLab();
let partner: TestPartner;

beforeAll(async () => {
  partner = await lab.partner();
  await voiceOfSamples(partner, 'anna', 1);
  await finished(partner, 'anna', 'embed');
});

async function open(at: string, colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
  const { page } = await lab.visit({ key: lab.stack.adminKey, at, colorScheme });
  await page.getByRole('heading', { level: 1 }).waitFor();
  return page;
}

const jobsOf = (page: Page, voice: string): Locator =>
  page.getByRole('table', { name: 'Jobs' }).getByRole('row').filter({ hasText: voice });

const search = (page: Page, what: string): Promise<void> =>
  page.getByRole('searchbox', { name: 'Search partner, voice or job id' }).fill(what);

describe('Jobs', () => {
  it('are found, filtered by state, and cancelled', async () => {
    const match = { partner: partner.name, voice: 'held' };
    await behave(lab.stack, match, { kind: 'hold' });
    await voiceOfSamples(partner, 'held', 1);
    await partner.http.post(`${partner.route('held')}/embed`);
    const page = await open('/admin/jobs');
    await search(page, partner.name);
    await jobsOf(page, 'held').getByText('Waiting', { exact: true }).waitFor();
    await jobsOf(page, 'anna').getByText('Completed', { exact: true }).waitFor();
    await page.getByRole('radio', { name: 'Waiting' }).click();
    await jobsOf(page, 'anna').waitFor({ state: 'detached' });

    await page.getByRole('button', { name: 'Cancel the job of held' }).click();
    const dialog = page.getByRole('dialog', { name: 'Cancel the embedding of held?' });
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Cancel job' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('radio', { name: 'Failed' }).click();
    await jobsOf(page, 'held').getByText('Cancelled').waitFor();
    expect((await details(partner, 'held')).errors.embedding).toBe('Cancelled');
    await behaveAgain(lab.stack, match);
  });

  it('say what Timbre depends on, and can be paused', async () => {
    const page = await open('/admin/jobs');
    await page.getByText('Postgres: up').waitFor();
    await page.getByText('Storage: up').waitFor();
    await page.getByRole('button', { name: 'Pause refresh' }).click();
    await page.getByRole('button', { name: 'Refresh again' }).waitFor();
    await search(page, 'no such thing');
    await page.getByRole('heading', { name: 'No job matches' }).waitFor();
    await expectAccessible(page);
  });

  it.each(['light', 'dark'] as const)('are accessible in %s colours', async (colorScheme) => {
    const page = await open('/admin/jobs', colorScheme);
    await search(page, partner.name);
    await jobsOf(page, 'anna').first().waitFor();
    await expectAccessible(page);
    if (colorScheme === 'light') {
      await page.getByRole('button', { name: 'Pause refresh' }).click();
      await expectTabReachesAll(page);
    }
    await expectFits(page, `admin-jobs-${colorScheme}`);
  });
});

describe('A recompute', () => {
  it('is counted first, then started, and shown until it ends', async () => {
    const page = await open('/admin/recompute');
    await page.getByRole('button', { name: 'Start a recompute' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'Start a recompute' });
    await expectAccessible(page);
    await dialog.getByRole('button', { name: /Voices of/ }).click();
    await page.getByRole('option', { name: partner.name }).click();
    await dialog.getByRole('button', { name: 'Count voices' }).click();
    await dialog.getByText('1 voice will be embedded again.').waitFor();
    const before = await lab.admin.get<readonly unknown[]>('/admin/recompute');
    expect(JSON.stringify(before.body)).not.toContain(partner.name);
    await dialog.getByRole('button', { name: 'Embed 1 voice again' }).click();
    await dialog.waitFor({ state: 'detached' });
    const card = page.getByRole('article').filter({ hasText: `Partner ${partner.name}` });
    await card.getByText('Completed', { exact: true }).waitFor();
    await card.getByText('1 done').waitFor();
    await expectAccessible(page);
  });

  it('can be cancelled while it runs', async () => {
    const other = await lab.partner();
    await voiceOfSamples(other, 'held', 1);
    await finished(other, 'held', 'embed');
    await behave(lab.stack, { partner: other.name, voice: 'held' }, { kind: 'hold' });
    await lab.admin.post('/admin/recompute', { tts_type: 'kyutai', partner: other.name });
    const page = await open('/admin/recompute', 'dark');
    const card = page.getByRole('article').filter({ hasText: `Partner ${other.name}` });
    await card.getByRole('button', { name: 'Cancel' }).click();
    await expectAccessible(page);
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel recompute' }).click();
    await card.getByText('Cancelled', { exact: true }).waitFor();
    await behaveAgain(lab.stack, { partner: other.name, voice: 'held' });
    await waitFor('the voice is free again', async () => {
      const { status } = await other.http.post(`${other.route('held')}/cancel`);
      return [200, 409].includes(status);
    });
    await expectTabReachesAll(page);
    await expectFits(page, 'admin-recompute');
  });

  it('says when no voice has such an embedding', async () => {
    const page = await open('/admin/recompute');
    await page.getByRole('button', { name: 'Start a recompute' }).first().click();
    await page.getByLabel('TTS type').fill('other_tts');
    await page.getByRole('button', { name: /Voices of/ }).click();
    await page.getByRole('option', { name: partner.name }).click();
    await page.getByRole('button', { name: 'Count voices' }).click();
    await page.getByText('No voice has such an embedding.').waitFor();
    expect(await page.getByRole('button', { name: /again/ }).isDisabled()).toBe(true);
  });
});
