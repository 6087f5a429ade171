import { buffer } from 'node:stream/consumers';
import { expect } from '@jest/globals';
import type { Download, Page } from 'playwright-core';
import { speech } from '../support/audio-measure.js';
import type { TestPartner } from '../support/shared-stack.js';
import { createVoice, settled, type Details } from '../support/voices.js';

/** Creates a voice from 75 s of real speech and waits until it is split and embedded. */
export async function spokenVoice(
  partner: TestPartner,
  name: string,
  fields: Readonly<Record<string, string>> = {},
): Promise<Details> {
  const created = await createVoice(partner, name, speech('en'), fields);
  expect(created.status).toBe(201);
  return settled(partner, name);
}

/** Presses what starts a download. @returns its bytes and the name of its file */
export async function downloaded(
  page: Page,
  press: () => Promise<void>,
): Promise<{ readonly name: string; readonly bytes: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent('download'), press()]);
  return { name: download.suggestedFilename(), bytes: await bytesOfDownload(download) };
}

const bytesOfDownload = async (download: Download): Promise<Buffer> => buffer(await download.createReadStream());

/** Chooses an entry of a menu behind a button. */
export async function choose(page: Page, menu: string, entry: string): Promise<void> {
  await page.getByRole('button', { name: menu }).click();
  await page.getByRole('menuitem', { name: entry }).first().click();
}
