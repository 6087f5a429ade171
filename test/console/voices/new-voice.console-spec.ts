import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { audioTools, decode, speech, temporaryFolder } from '../../support/audio-measure.js';
import { writeFile } from 'node:fs/promises';
import type { TestPartner } from '../../support/shared-stack.js';
import { bytesOf, settled } from '../../support/voices.js';
import { waitFor } from '../../support/wait-for.js';
import { expectAccessible } from '../axe.js';
import { expectFocusOn, expectTabReachesAll } from '../keyboard.js';
import { voicesOf } from '../addresses.js';
import { consoleLab } from '../lab.js';
import { expectFits } from '../sizes.js';
import { sounds } from '../sound.js';
import { spokenVoice } from '../voices-made.js';

const lab = consoleLab();

interface Opened {
  readonly partner: TestPartner;
  readonly page: Page;
  readonly dialog: Locator;
  readonly tolerate: (...expected: readonly RegExp[]) => void;
}

/** Opens the dialog for new voices of a new partner. */
async function openDialog(): Promise<Opened> {
  const partner = await lab.partner();
  const visit = await lab.visit({ key: partner.key, at: voicesOf(partner) });
  await visit.page.getByRole('button', { name: 'New voice' }).click();
  const dialog = visit.page.getByRole('dialog', { name: 'New voice' });
  await dialog.waitFor();
  return { partner, page: visit.page, dialog, tolerate: (...expected) => visit.tolerate(...expected) };
}

async function chooseFile(page: Page, button: Locator, file: string): Promise<void> {
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), button.click()]);
  await chooser.setFiles(file);
}

const voiceShown = (page: Page, name: string): Promise<void> => page.getByRole('heading', { level: 1, name }).waitFor();

const namesOf = async (partner: TestPartner): Promise<string[]> =>
  (await partner.http.get<readonly { name: string }[]>(partner.route())).body.map(({ name }) => name);

describe('A new voice', () => {
  it('is made from a chosen file, with progress, and its page opens', async () => {
    const { partner, page, dialog } = await openDialog();
    await expectAccessible(page);
    await chooseFile(page, dialog.getByRole('button', { name: 'Choose' }), speech('en'));
    await expectAccessible(page);
    await dialog.getByLabel('Name', { exact: true }).fill('anna');
    await dialog.getByRole('button', { name: 'Upload' }).last().click();
    await voiceShown(page, 'anna');
    await page.getByText('Embedded', { exact: true }).waitFor();
    expect((await settled(partner, 'anna')).samples.length).toBe(5);
  });

  it('is made from files that are dropped on the page', async () => {
    const partner = await lab.partner();
    const { page } = await lab.visit({ key: partner.key, at: voicesOf(partner) });
    await page.getByRole('heading', { name: 'No voices yet' }).waitFor();
    const bytes = await readFile(speech('es'));
    const transfer = await page.evaluateHandle((base64) => {
      const scope = globalThis as unknown as {
        DataTransfer: new () => { items: { add(file: unknown): void } };
        File: new (parts: unknown[], name: string, options: object) => unknown;
      };
      const content = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const dropped = new scope.DataTransfer();
      dropped.items.add(new scope.File([content], 'elena.flac', { type: 'audio/flac' }));
      return dropped;
    }, bytes.toString('base64'));
    for (const event of ['dragenter', 'dragover', 'drop']) {
      await page.dispatchEvent('body', event, { dataTransfer: transfer });
    }
    const dialog = page.getByRole('dialog', { name: 'New voice' });
    expect(await dialog.getByLabel('Name', { exact: true }).inputValue()).toBe('elena');
    await dialog.getByRole('button', { name: 'Upload' }).last().click();
    await voiceShown(page, 'elena');
    expect(await namesOf(partner)).toEqual(['elena']);
  });

  it('is made once, although the connection broke in the middle of the upload', async () => {
    const { partner, page, dialog, tolerate } = await openDialog();
    tolerate(/ERR_/);
    const uploads = `**/api/voices/${partner.name}`;
    let isConnected = false;
    await page.route(uploads, async (route) => {
      if (route.request().method() !== 'POST' || isConnected) return route.continue();
      await route.fetch(); // Timbre gets it all, and the page gets no answer
      return route.abort('connectionreset');
    });
    await chooseFile(page, dialog.getByRole('button', { name: 'Choose' }), speech('en'));
    await dialog.getByLabel('Name', { exact: true }).fill('once');
    await dialog.getByRole('button', { name: 'Upload' }).last().click();
    await dialog.getByText('The connection was lost.').waitFor();
    await expectAccessible(page);
    isConnected = true;
    // The page also tries by itself after a while, and then the button is gone.
    await Promise.any([dialog.getByRole('button', { name: 'Try now' }).click(), voiceShown(page, 'once')]);
    await voiceShown(page, 'once');
    expect(await namesOf(partner)).toEqual(['once']);
  });

  it('says why a file is refused', async () => {
    const { page, dialog, tolerate } = await openDialog();
    tolerate(/status of 422/);
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      dialog.getByRole('button', { name: 'Choose' }).click(),
    ]);
    await chooser.setFiles({ name: 'notes.wav', mimeType: 'audio/wav', buffer: Buffer.from('no audio') });
    await dialog.getByRole('button', { name: 'Upload' }).last().click();
    await dialog.getByText('Not uploaded').waitFor();
    await dialog.getByRole('alert').waitFor();
    await expectAccessible(page);
  });

  it('is recorded with the microphone, and has its sound', async () => {
    const { partner, page, dialog } = await openDialog();
    await dialog.getByRole('tab', { name: 'Record' }).click();
    await dialog.getByRole('button', { name: 'Start recording' }).click();
    await dialog.getByRole('timer').filter({ hasText: '0:03' }).waitFor();
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Stop' }).click();
    await dialog.getByRole('button', { name: 'Listen' }).click();
    await sounds(page);
    await expectAccessible(page);
    await dialog.getByLabel('Name', { exact: true }).fill('spoken');
    await dialog.getByRole('button', { name: 'Upload' }).last().click();
    await voiceShown(page, 'spoken');
    const { original_duration: seconds } = await settled(partner, 'spoken');
    expect(seconds).toBeGreaterThan(2.5);
    const folder = await temporaryFolder();
    const original = path.join(folder.path, 'original.opus');
    await writeFile(original, await bytesOf(partner, `${partner.route('spoken')}/original`));
    const levels = await decode(audioTools(), original);
    await folder.remove();
    const energy = Math.sqrt(levels.reduce((sum, level) => sum + level * level, 0) / levels.length);
    expect(energy).toBeGreaterThan(0.01);
  });

  it('asks before a recording is thrown away', async () => {
    const { page, dialog } = await openDialog();
    await dialog.getByRole('tab', { name: 'Record' }).click();
    await dialog.getByRole('button', { name: 'Start recording' }).click();
    await dialog.getByRole('button', { name: 'Stop' }).click();
    await dialog.getByRole('button', { name: 'Close' }).click();
    const question = page.getByRole('dialog', { name: 'Discard the recording?' });
    await expectAccessible(page);
    await question.getByRole('button', { name: 'Discard the recording' }).click();
    await dialog.waitFor({ state: 'detached' });
  });

  it('is made empty, with what is known about it', async () => {
    const { partner, page, dialog } = await openDialog();
    await dialog.getByRole('tab', { name: 'Empty' }).click();
    await dialog.getByRole('button', { name: 'Create' }).click();
    await waitFor('the name is asked for', async () => {
      const field = dialog.getByLabel('Name', { exact: true });
      return (await field.getAttribute('aria-invalid')) === 'true';
    });
    await expectAccessible(page);
    await dialog.getByLabel('Name', { exact: true }).fill('nobody yet');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await voiceShown(page, 'nobody yet');
    expect(await namesOf(partner)).toEqual(['nobody yet']);
  });

  it('is imported from the archive that an export gave', async () => {
    const from = await lab.partner();
    const anna = await spokenVoice(from, 'anna');
    const archive = await bytesOf(from, `${from.route('anna')}/export`);
    const { partner, page, dialog } = await openDialog();
    await dialog.getByRole('tab', { name: 'Import' }).click();
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      dialog.getByRole('button', { name: 'Choose' }).click(),
    ]);
    await chooser.setFiles({ name: 'anna.zip', mimeType: 'application/zip', buffer: archive });
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Import' }).last().click();
    await voiceShown(page, 'anna');
    expect((await settled(partner, 'anna')).samples.length).toBe(anna.samples.length);
  });

  it.each(['light', 'dark'] as const)(
    'has a dialog that fits, and is used by keyboard, in %s colours',
    async (look) => {
      const partner = await lab.partner();
      const { page } = await lab.visit({ key: partner.key, at: voicesOf(partner), colorScheme: look });
      const button = page.getByRole('button', { name: 'New voice' });
      await button.focus();
      await page.keyboard.press('Enter');
      await page.getByRole('dialog', { name: 'New voice' }).waitFor();
      await expectAccessible(page);
      await expectTabReachesAll(page);
      await expectFits(page, `new-voice-${look}`);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await expectFocusOn(page, 'New voice');
    },
  );
});
