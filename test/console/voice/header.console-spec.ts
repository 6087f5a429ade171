import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { behave, behaveAgain } from '../../e2e/contract/emulated.js';
import { emptyVoice } from '../../e2e/contract/made-voices.js';
import { toneForm } from '../../e2e/contract/tone.js';
import type { TestPartner } from '../../support/shared-stack.js';
import { bytesOf, details, settled, type Details } from '../../support/voices.js';
import { waitFor } from '../../support/wait-for.js';
import { expectAccessible } from '../axe.js';
import { expectFocusOn } from '../keyboard.js';
import { voicesOf } from '../addresses.js';
import { consoleLab } from '../lab.js';
import { choose, downloaded, spokenVoice } from '../voices-made.js';

const lab = consoleLab();
let partner: TestPartner;
let anna: Details;

beforeAll(async () => {
  partner = await lab.partner();
  anna = await spokenVoice(partner, 'anna', { creator_name: 'Anna' });
});

async function open(voice: Details = anna): Promise<Page> {
  const { page } = await lab.visit({ key: partner.key, at: voicesOf(partner, voice.id) });
  await page.getByRole('heading', { level: 1, name: voice.name }).waitFor();
  return page;
}

const save = (page: Page): Promise<void> => page.getByRole('button', { name: 'Save', exact: true }).click();

describe('The header of a voice', () => {
  it('shows its name, status and facts', async () => {
    const page = await open();
    for (const fact of ['Split', 'Embedded', 'English']) {
      await page.getByText(fact, { exact: true }).first().waitFor();
    }
    await page.getByText(/^1:15 recorded · by Anna · created/).waitFor();
  });

  it('renames the voice in its place', async () => {
    const voice = await emptyVoice(partner, 'first name');
    const page = await open(voice);
    await page.getByRole('button', { name: 'Rename' }).click();
    await page.getByLabel('Name', { exact: true }).fill('second name');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'second name' }).waitFor();
    expect((await details(partner, voice.id)).name).toBe('second name');
  });

  it('shows why a name is refused, and Escape keeps the old one', async () => {
    const voice = await emptyVoice(partner, 'mine');
    await emptyVoice(partner, 'theirs');
    const visit = await lab.visit({ key: partner.key, at: voicesOf(partner, voice.id) });
    visit.tolerate(/status of 409/);
    await visit.page.getByRole('button', { name: 'Rename' }).click();
    await visit.page.getByLabel('Name', { exact: true }).fill('theirs');
    await save(visit.page);
    const { body } = await partner.http.put<{ detail: string }>(`${partner.route('mine')}/name`, { name: 'theirs' });
    await visit.page.getByText(body.detail).waitFor();
    await visit.page.getByLabel('Name', { exact: true }).press('Escape');
    await visit.page.getByRole('heading', { level: 1, name: 'mine' }).waitFor();
  });

  it('changes language, description, creator and labels', async () => {
    const voice = await emptyVoice(partner, 'edited');
    const page = await open(voice);
    await page.getByRole('button', { name: 'Edit' }).click();
    const dialog = page.getByRole('dialog', { name: 'Edit edited' });
    await dialog.getByRole('button', { name: 'Language' }).click();
    await page.getByRole('option', { name: 'German' }).click();
    await dialog.getByLabel('Description').fill('Warm and slow');
    await dialog.getByLabel('Name of the creator').fill('Ada');
    await dialog.getByLabel('Email of the creator').fill('ada@example.org');
    await dialog.getByRole('button', { name: 'Add a label' }).click();
    await dialog.getByLabel('Key of label 1').fill('project');
    await dialog.getByLabel('Value of label 1').fill('audiobook');
    await expectAccessible(page);
    await save(page);
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('project: audiobook').waitFor();
    expect(await details(partner, voice.id)).toMatchObject({
      language: 'de',
      description: 'Warm and slow',
      creator_name: 'Ada',
      creator_email: 'ada@example.org',
      labels: { project: 'audiobook' },
    });
  });

  it('shows the sentence of the API beside a field that is refused', async () => {
    const voice = await emptyVoice(partner, 'refused');
    const visit = await lab.visit({ key: partner.key, at: voicesOf(partner, voice.id) });
    visit.tolerate(/status of 422/);
    await visit.page.getByRole('button', { name: 'Edit' }).click();
    const email = visit.page.getByLabel('Email of the creator');
    await email.fill('nobody');
    await save(visit.page);
    await waitFor('the field is wrong', async () => (await email.getAttribute('aria-invalid')) === 'true');
    const described = await email.getAttribute('aria-describedby');
    expect(described).toBeTruthy();
    await visit.page
      .getByText(/creator_email|email/i)
      .last()
      .waitFor();
  });

  it('downloads the export, the samples and the embedding that the API serves', async () => {
    const page = await open();
    const exported = await downloaded(page, () => choose(page, 'Download', 'Whole voice'));
    expect(exported.bytes.equals(await bytesOf(partner, `${partner.route('anna')}/export`))).toBe(true);
    expect(exported.name).toMatch(/^anna.*\.zip$/);
    const samples = await downloaded(page, () => choose(page, 'Download', 'All samples'));
    expect(samples.bytes.equals(await bytesOf(partner, `${partner.route('anna')}/samples-bundle`))).toBe(true);
    const zip = await downloaded(page, () => choose(page, 'Download', 'Embedding'));
    const { embedding_zip_url: url } = await details(partner, 'anna');
    expect(zip.bytes.equals(Buffer.from(await (await fetch(url ?? '')).arrayBuffer()))).toBe(true);
  });

  it('shows lines for programs, with the id and without the key', async () => {
    const page = await open();
    await choose(page, 'More actions', 'Use in a program');
    const dialog = page.getByRole('dialog');
    await dialog.getByText(`/api/voices/${partner.name}/${anna.id}/export`).waitFor();
    expect(await dialog.innerText()).not.toContain(partner.key);
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await expectFocusOn(page, 'More actions');
  });

  it('cancels the processing after it has said what is lost', async () => {
    const match = { partner: partner.name, voice: 'held' };
    await behave(lab.stack, match, { kind: 'hold' });
    await emptyVoice(partner, 'held');
    const { id } = await details(partner, 'held');
    const { page } = await lab.visit({ key: partner.key, at: voicesOf(partner, id) });
    await page.getByRole('heading', { level: 1, name: 'held' }).waitFor();
    await partner.http.post(`${partner.route('held')}/samples`, toneForm(1.5));
    await partner.http.post(`${partner.route('held')}/embed`);
    await page.getByText('Embedding', { exact: true }).first().waitFor();
    await page.getByRole('progressbar').first().waitFor();
    await page.getByRole('button', { name: 'Cancel processing' }).click();
    await page
      .getByRole('dialog')
      .getByText(/is lost/)
      .waitFor();
    await expectAccessible(page);
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel processing' }).click();
    await page.getByText('Embedding failed: Cancelled').waitFor();
    expect((await settled(partner, 'held')).errors.embedding).toBe('Cancelled');
    await behaveAgain(lab.stack, match);
  });

  it('deletes the voice only after it is confirmed', async () => {
    const voice = await emptyVoice(partner, 'short-lived');
    const page = await open(voice);
    await choose(page, 'More actions', 'Delete voice');
    const dialog = page.getByRole('dialog', { name: 'Delete short-lived?' });
    await dialog.getByText('This cannot be undone.').waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect((await partner.http.get(partner.route(voice.id))).status).toBe(200);
    await choose(page, 'More actions', 'Delete voice');
    await dialog.getByRole('button', { name: 'Delete short-lived' }).click();
    await page.waitForURL(`**/#${voicesOf(partner)}`);
    expect((await partner.http.get(partner.route(voice.id))).status).toBe(404);
  });

  it('says when somebody else has deleted the voice', async () => {
    const voice = await emptyVoice(partner, 'gone');
    const page = await open(voice);
    await partner.http.delete(partner.route(voice.id));
    await page.getByRole('heading', { name: 'This voice was deleted' }).waitFor();
    await expectAccessible(page);
  });
});
