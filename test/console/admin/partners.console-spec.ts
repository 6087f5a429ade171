import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { emptyVoice } from '../../e2e/contract/made-voices.js';
import { HttpClient } from '../../support/http.js';
import { waitFor } from '../../support/wait-for.js';
import { expectAccessible } from '../axe.js';
import { expectFocusOn, expectTabReachesAll } from '../keyboard.js';
import { consoleLab } from '../lab.js';
import { expectFits } from '../sizes.js';

const lab = consoleLab();

async function open(at = '/admin/partners', colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
  const { page } = await lab.visit({ key: lab.stack.adminKey, at, colorScheme });
  await page.getByRole('heading', { level: 1 }).waitFor();
  return page;
}

const statusOf = async (key: string, partner: string): Promise<number> =>
  (await new HttpClient(lab.stack.baseUrl, key).get(`/voices/${partner}`)).status;

const keyRow = (page: Page, name: string): Locator =>
  page.getByRole('table', { name: 'Keys' }).getByRole('row').filter({ hasText: name });

/** Reads the key that is shown, and says that it is stored. */
async function storeKey(page: Page): Promise<string> {
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Store this key now.').waitFor();
  await expectAccessible(page);
  const key = await dialog.getByLabel('Key', { exact: true }).inputValue();
  await dialog.getByRole('button', { name: 'I have stored it' }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(await page.content()).not.toContain(key);
  return key;
}

describe('Partners', () => {
  it('are created with a first key, which works and is shown once', async () => {
    const page = await open();
    const name = `made-${randomBytes(4).toString('hex')}`;
    await page.getByRole('button', { name: 'New partner' }).click();
    const dialog = page.getByRole('dialog', { name: 'New partner' });
    await dialog.getByLabel('Partner', { exact: true }).fill('Not A Name');
    await dialog.getByLabel('Key', { exact: true }).fill('production');
    await dialog.getByRole('button', { name: 'Create partner' }).click();
    await dialog.getByText('A name has 1 to 63 characters').waitFor();
    await expectAccessible(page);
    await dialog.getByLabel('Partner', { exact: true }).fill(name);
    await dialog.getByRole('button', { name: 'Create partner' }).click();
    const key = await storeKey(page);
    expect(await statusOf(key, name)).toBe(200);
    await page.getByRole('table', { name: 'Partners' }).getByRole('link', { name, exact: true }).waitFor();
  });

  it('are listed with what they use, found by name, and lead to their voices', async () => {
    const partner = await lab.partner();
    await emptyVoice(partner, 'anna');
    await lab.admin.patch(`/admin/partners/${partner.name}`, { max_voices: 4 });
    const page = await open();
    await page.getByRole('searchbox', { name: /Search .* partners/ }).fill(partner.name);
    const row = page.getByRole('row').filter({ hasText: partner.name });
    await row.getByText('1 of 4').waitFor();
    await row.getByRole('link', { name: `Voices of ${partner.name}` }).click();
    await page.getByRole('heading', { level: 1, name: `Voices of ${partner.name}` }).waitFor();
    await page.getByRole('link', { name: 'anna', exact: true }).waitFor();
  });

  it('are erased only after their name is typed', async () => {
    const partner = await lab.partner();
    await emptyVoice(partner, 'anna');
    const page = await open(`/admin/partners/${partner.name}`);
    await page.getByRole('button', { name: 'Erase partner…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/1 voice with recordings/).waitFor();
    const erase = dialog.getByRole('button', { name: `Erase ${partner.name}` });
    expect(await erase.isDisabled()).toBe(true);
    await expectAccessible(page);
    await dialog.getByRole('textbox').fill(partner.name);
    await erase.click();
    await page.waitForURL('**/#/admin/partners');
    expect(await statusOf(partner.key, partner.name)).toBe(401);
  });

  it('are for administrators', async () => {
    const partner = await lab.partner();
    const { page } = await lab.visit({ key: partner.key, at: '/admin/partners' });
    await page.getByRole('heading', { name: 'This page needs an admin key' }).waitFor();
    await expectAccessible(page);
  });
});

describe('A partner', () => {
  it('gets a key that only reads, which works until it is revoked', async () => {
    const partner = await lab.partner();
    const page = await open(`/admin/partners/${partner.name}`);
    await page.getByRole('button', { name: 'New key' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Key', { exact: true }).fill('for listeners');
    await dialog.getByRole('button', { name: /Allows/ }).click();
    await page.getByRole('option', { name: 'Only read' }).click();
    await dialog.getByRole('button', { name: /Expires/ }).click();
    await page.getByRole('option', { name: 'In 90 days' }).click();
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Create key' }).click();
    const key = await storeKey(page);
    expect(await statusOf(key, partner.name)).toBe(200);
    const reader = new HttpClient(lab.stack.baseUrl, key);
    expect((await reader.post(`/voices/${partner.name}/empty`, { name: 'x' })).status).toBe(403);

    await page.getByRole('button', { name: 'Revoke for listeners' }).click();
    await page
      .getByRole('dialog')
      .getByText(/is refused within a second/)
      .waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await expectFocusOn(page, 'Revoke for listeners');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke key' }).click();
    await keyRow(page, 'for listeners').waitFor({ state: 'detached' });
    await waitFor('the key is refused', async () => (await statusOf(key, partner.name)) === 401);
    await page.getByText('Show 1 revoked or expired key').click();
    await keyRow(page, 'for listeners').getByText('Revoked', { exact: true }).waitFor();
  });

  it('gets quotas, and shows what it uses of them', async () => {
    const partner = await lab.partner();
    await emptyVoice(partner, 'anna');
    const page = await open(`/admin/partners/${partner.name}`);
    const voices = page.getByRole('textbox', { name: 'Voices' });
    await voices.fill('many');
    await page.getByText('This cannot be read as a quantity.').waitFor();
    await expectAccessible(page);
    await voices.fill('20');
    await page.getByRole('textbox', { name: 'Storage' }).fill('1 GB');
    await page.getByRole('textbox', { name: 'GPU time a month' }).fill('90 min');
    await page.getByRole('button', { name: 'Save quotas' }).click();
    await page.getByText(`The quotas of ${partner.name} were changed.`).waitFor();
    await page.getByText('1 of 20').waitFor();
    const { body } = await lab.admin.get<{ partners: { name: string; quotas: object }[] }>('/admin/partners');
    const all = Array.isArray(body) ? (body as typeof body.partners) : body.partners;
    expect(all.find(({ name }) => name === partner.name)?.quotas).toMatchObject({
      max_voices: 20,
      max_bytes: 1e9,
      max_gpu_seconds_per_month: 5400,
    });
    await page.getByRole('list', { name: 'Recent changes' }).getByText('by an admin').first().waitFor();
  });

  it.each(['light', 'dark'] as const)('is accessible in %s colours, as is the list', async (colorScheme) => {
    const partner = await lab.partner();
    const page = await open(`/admin/partners/${partner.name}`, colorScheme);
    await page.getByRole('table', { name: 'Keys' }).waitFor();
    await expectAccessible(page);
    if (colorScheme === 'light') await expectTabReachesAll(page);
    await expectFits(page, `admin-partner-${colorScheme}`);
    await page.goto(`${lab.origin}/#/admin/partners`);
    await page.getByRole('table', { name: 'Partners' }).waitFor();
    await expectAccessible(page);
    await expectFits(page, `admin-partners-${colorScheme}`);
  });
});
