import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import { launchBrowser } from '../../support/browser.js';
import { Contract } from '../../support/openapi-client.js';
import { ApiDescription } from '../../support/openapi.js';
import { Stack } from '../../support/stack.js';
import { waitFor } from '../../support/wait-for.js';
import { cutOff } from './cut-off.js';
import { embedInstantly } from './emulated.js';
import { toneWav } from './tone.js';

/** The members of an audio element that the tests use. */
interface Playable {
  readonly currentTime: number;
  readonly duration: number;
  play(): Promise<void>;
  pause(): void;
}

const screenshots = path.join(process.cwd(), '.cache/screenshots');

let browser: Browser;
let stack: Stack;
let page: Page;
let key: string;
/** Failed requests, uncaught errors and console errors of the page. */
const complaints: string[] = [];

beforeAll(async () => {
  [browser, stack] = await Promise.all([launchBrowser(), Stack.start()]);
  const contract = new Contract(stack.address);
  const made = await contract.admin.post<{ key: string }>('/admin/partners/demo/keys', { name: 'swagger' });
  key = made.body.key;
  await embedInstantly(stack.address, { name: 'demo' });
  for (const voice of ['speaker-1', 'speaker-2']) await contract.admin.delete(`/voices/demo/${voice}`);
  mkdirSync(screenshots, { recursive: true });
  const context = await browser.newContext({ acceptDownloads: true, viewport: { width: 1280, height: 1600 } });
  page = await context.newPage();
  page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
  page.on('pageerror', (error) => void complaints.push(error.message));
  page.on('requestfailed', (request) => {
    // A player aborts a download once it has enough. A failed one would not play.
    if (request.resourceType() !== 'media') complaints.push(`${request.url()} ${request.failure()?.errorText}`);
  });
  await page.goto(`${stack.address.baseUrl}/docs`);
  await page.locator('.opblock').first().waitFor();
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

/** With SCREENSHOTS set, for people who change the page. */
const shoot = async (name: string): Promise<void> => {
  if (process.env['SCREENSHOTS']) await page.screenshot({ path: path.join(screenshots, `${name}.png`) });
};

/** Opens an operation of the page, unless it is open. */
async function open(group: string, operationId: string): Promise<Locator> {
  const block = page.locator(`#operations-${group}-${operationId}`);
  if (!(await block.getAttribute('class'))?.includes('is-open'))
    await block.locator('.opblock-summary-control').click();
  await block.locator('.execute').waitFor();
  return block;
}

/** Presses Execute. @returns the status of the answer */
async function execute(block: Locator): Promise<string> {
  await block.locator('.execute').click();
  const status = block.locator('.live-responses-table .response-col_status').last();
  await status.waitFor();
  return (await status.innerText()).trim().split(/\s/)[0] ?? '';
}

/** Waits until the last answer of an operation contains this preferred sample. */
const chosen = (block: Locator, index: string): Promise<void> =>
  block
    .locator('.live-responses-table .highlight-code', { hasText: `"preferred_sample_index": ${index}` })
    .first()
    .waitFor();

describe('Swagger UI', () => {
  it('lists every route once', async () => {
    const { operations } = ApiDescription.committed();
    expect(await page.locator('.opblock').count()).toBe(operations.length);
    await shoot('1-overview');
  });

  it('keeps the key after a reload', async () => {
    await page.locator('button.authorize').first().click();
    const first = page.locator('.auth-container form > div').first();
    expect(await first.innerText()).toContain('X-Api-Key');
    await first.locator('input:focus').waitFor();
    await page.keyboard.type(key);
    await page.keyboard.press('Enter');
    await first.getByText('Authorized').waitFor();
    await shoot('2-authorised');
    await page.locator('button.btn-done').first().click();
    await page.reload();
    await page.locator('.opblock').first().waitFor();
    expect(await page.locator('button.authorize.locked').count()).toBe(1);
  });

  it('creates a voice from a file with the examples unchanged', async () => {
    const block = await open('Voices', 'createVoice');
    await block.locator('input[type=file]').setInputFiles({
      name: 'recording.wav',
      mimeType: 'audio/wav',
      buffer: toneWav(46),
    });
    for (const field of ['creator_name', 'creator_email']) {
      expect(await block.locator(`[data-property-name=${field}] input[type=text]`).inputValue()).toBe('');
    }
    await shoot('3-create');
    expect(await execute(block)).toBe('201');
    await shoot('4-created');
  });

  it('shows the details of a voice and downloads a sample', async () => {
    const details = await open('Voices', 'getVoice');
    for (let done = false; !done;) {
      expect(await execute(details)).toBe('200');
      done = (await details.locator('.live-responses-table .highlight-code').first().innerText()).includes(
        '"embedding": "completed"',
      );
    }
    await shoot('5-details');
    const block = await open('Samples', 'downloadSample');
    expect(await execute(block)).toBe('200');
    const [download] = await Promise.all([page.waitForEvent('download'), block.getByText('Download file').click()]);
    const bytes = await readFile(await download.path());
    expect(bytes.subarray(0, 4).toString()).toBe('OggS');
  });

  it('plays a sample', async () => {
    const player = page.locator('#operations-Samples-downloadSample audio');
    await player.scrollIntoViewIfNeeded();
    await shoot('6-download');
    await player.evaluate((audio: Playable) => audio.play());
    await waitFor('the sample plays', () => player.evaluate((audio: Playable) => audio.currentTime > 0.2));
    expect(await player.evaluate((audio: Playable) => audio.duration)).toBeCloseTo(15, 1);
    expect(await player.getAttribute('src')).toMatch(/^blob:/);
  });

  it('plays the samples, test samples and recording of details with audio_urls', async () => {
    const block = await open('Voices', 'getVoice');
    await block.locator('tr[data-param-name=audio_urls] select').selectOption('true');
    expect(await execute(block)).toBe('200');
    const players = block.locator('.listen audio');
    await players.first().waitFor();
    const labels = await block.locator('.listen a').allInnerTexts();
    expect(labels.slice(0, 4)).toEqual([
      'Original',
      'Sample 1 (from 00:00)',
      'Sample 2 (from 00:15)',
      'Sample 3 (from 00:30)',
    ]);
    expect(labels[4]).toBe('Test sample of sample 1, sentence 1');
    expect(await players.count()).toBe(labels.length);
    expect(await block.locator('.listen q').first().innerText()).not.toBe('');
    await block.locator('.listen').scrollIntoViewIfNeeded();
    await shoot('12-listen');
    for (const at of [0, 1, 4]) {
      const player = players.nth(at);
      await player.evaluate((audio: Playable) => audio.play());
      await waitFor('it plays', () => player.evaluate((audio: Playable) => audio.currentTime > 0.2));
      await player.evaluate((audio: Playable) => audio.pause());
    }
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate(cutOff)).toEqual([]);
    await block.locator('.listen').scrollIntoViewIfNeeded();
    await shoot('13-listen-phone');
    await page.setViewportSize({ width: 1280, height: 1600 });
  });

  it('runs the other examples unchanged', async () => {
    expect(await execute(await open('Voices', 'listVoices'))).toBe('200');
    await shoot('7-list');
    expect(await execute(await open('Voices', 'createEmptyVoice'))).toBe('201');
    expect(await execute(await open('Embedding', 'listTestSamples'))).toBe('200');
    expect(await execute(await open('Embedding', 'downloadTestSample'))).toBe('200');
    await shoot('8-test-sample');
    const preferred = await open('Embedding', 'setPreferredSample');
    await shoot('9-preferred');
    expect(await execute(preferred)).toBe('200');
    await chosen(preferred, '3');
    await preferred.locator('input[type=number], [data-property-name=sample_index] input[type=text]').fill('');
    expect(await execute(preferred)).toBe('200');
    await chosen(preferred, 'null');
    const upload = await open('Samples', 'uploadSample');
    await upload.locator('input[type=file]').setInputFiles({
      name: 'sample.wav',
      mimeType: 'audio/wav',
      buffer: toneWav(2),
    });
    await shoot('10-upload');
    expect(await execute(upload)).toBe('201');
    const split = await open('Splitting', 'splitVoice');
    await shoot('11-split');
    expect(await execute(split)).toBe('202');
  });

  it('causes no failed request and no error in the console', () => {
    expect(complaints).toEqual([]);
  });
});
