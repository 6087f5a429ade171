import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { toneWav } from '../../e2e/contract/tone.js';
import type { TestPartner } from '../../support/shared-stack.js';
import { details, type Details } from '../../support/voices.js';
import { waitFor } from '../../support/wait-for.js';
import { expectAccessible } from '../axe.js';
import { expectTabReachesAll, focus } from '../keyboard.js';
import { voicesOf } from '../addresses.js';
import { consoleLab } from '../lab.js';
import { expectFits } from '../sizes.js';
import { isSilent, listen, sounds } from '../sound.js';
import { downloaded, spokenVoice } from '../voices-made.js';

const lab = consoleLab();
let partner: TestPartner;
let anna: Details;

beforeAll(async () => {
  partner = await lab.partner();
  anna = await spokenVoice(partner, 'anna');
});

async function open(voice: Details = anna, colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
  const { page } = await lab.visit({ key: partner.key, at: voicesOf(partner, voice.id), colorScheme });
  await pane(page).locator('canvas').first().waitFor();
  return page;
}

/** The large waveform. */
const pane = (page: Page): Locator => page.getByRole('slider', { name: 'Place in the recording' });

/** Presses a place on the waveform. @param part of its width */
async function pressAt(page: Page, part: number): Promise<void> {
  const box = await pane(page).boundingBox();
  await pane(page).click({ position: { x: (box?.width ?? 0) * part, y: (box?.height ?? 0) * 0.7 } });
}

const playerShows = (page: Page, name: string | RegExp): Promise<void> =>
  page.getByRole('region', { name: 'Player' }).getByText(name).waitFor();

const sampleRow = (page: Page, index: number): Locator =>
  page
    .getByRole('grid', { name: 'Samples' })
    .getByRole('row')
    .filter({ hasText: `Sample ${index}` });

describe('The waveform of a recording', () => {
  it('shows levels, speech, and where the samples are from', async () => {
    const page = await open();
    await waitFor('each sample is a cut', async () => (await pane(page).locator('.cut').count()) === 5);
    expect(await pane(page).locator('.cut').allInnerTexts()).toEqual(['1', '2', '3', '4', '5']);
    expect(await pane(page).locator('svg.speech path').getAttribute('d')).toMatch(/^M[\d.]+ 0H[\d.]+V1/);
    const canvas = pane(page).locator('canvas').first();
    const drawn = await canvas.evaluate((element) => {
      const bitmap = element as unknown as {
        width: number;
        height: number;
        getContext(kind: '2d'): { getImageData(...box: readonly number[]): { readonly data: Uint8ClampedArray } };
      };
      const { width, height } = bitmap;
      const { data } = bitmap.getContext('2d').getImageData(0, 0, width, height);
      return data.filter((value, at) => at % 4 === 3 && value > 0).length / (width * height);
    });
    expect(drawn).toBeGreaterThan(0.05);
  });

  it('plays from the place that is pressed', async () => {
    const page = await open();
    await pressAt(page, 0.5);
    const heard = await sounds(page);
    expect(heard.time).toBeGreaterThan(36);
    expect(heard.time).toBeLessThan(42);
    await page.getByRole('button', { name: 'Pause', exact: true }).first().click();
    await isSilent(page);
  });

  it('is used with the keyboard: space, arrows, zoom', async () => {
    const page = await open();
    await pane(page).focus();
    const place = async (): Promise<number> => Number(await pane(page).getAttribute('aria-valuenow'));
    await page.keyboard.press('End');
    await waitFor('it is at the end', async () => (await place()) === 75);
    await page.keyboard.press('Home');
    await waitFor('it is at the start', async () => (await place()) === 0);
    await page.keyboard.press('ArrowRight');
    await waitFor('it has moved on', async () => (await place()) > 0);
    await page.keyboard.press('Space');
    await sounds(page);
    await page.keyboard.press('Space');
    await isSilent(page);
    const part = page.getByRole('scrollbar', { name: 'Part of the recording that is shown' });
    const whole = await part.getAttribute('aria-valuetext');
    await page.keyboard.press('+');
    await waitFor('it is zoomed', async () => (await part.getAttribute('aria-valuetext')) !== whole);
    await page.keyboard.press('0');
    await waitFor('it shows all', async () => (await part.getAttribute('aria-valuetext')) === whole);
  });

  it('plays a sample whose number is pressed in its lane', async () => {
    const page = await open();
    const cut = pane(page).locator('.cut').nth(2);
    await waitFor('it is there', () => cut.isVisible());
    const [box, frame] = await Promise.all([cut.boundingBox(), pane(page).boundingBox()]);
    const [x, y] = [(box?.x ?? 0) - (frame?.x ?? 0) + 20, (box?.y ?? 0) - (frame?.y ?? 0) + 10];
    await pane(page).click({ position: { x, y } });
    await sounds(page);
    await playerShows(page, /sample 3/);
  });
});

describe('The samples of a voice', () => {
  it('are heard and preferred by keyboard alone', async () => {
    const page = await open();
    await page.getByRole('radio', { name: 'Grade' }).focus();
    for (let tabs = 0; tabs < 9 && !(await focus(page)).includes('Sample 1'); tabs += 1)
      await page.keyboard.press('Tab');
    expect(await focus(page)).toContain('Sample 1');
    await page.keyboard.press('Space');
    const first = await sounds(page);
    await playerShows(page, /sample 1/);
    await page.keyboard.press('ArrowDown');
    await playerShows(page, /sample 2/);
    expect((await sounds(page)).url).not.toBe(first.url);
    await page.keyboard.press('4');
    await playerShows(page, /sample 4/);
    expect(await focus(page)).toContain('Sample 4');
    await sounds(page);
    await page.keyboard.press('p');
    await waitFor('sample 4 is preferred', async () => (await details(partner, 'anna')).preferred_sample_index === 4);
    await sampleRow(page, 4).getByRole('button', { name: 'Prefer no sample instead of 4' }).waitFor();
    await page.keyboard.press('Space');
    await isSilent(page);
  });

  it('show their grade, its reasons and figures, and can be downloaded', async () => {
    const page = await open();
    const { grade = 'none', reasons = [] } = anna.samples[0]?.quality ?? {};
    await sampleRow(page, 1)
      .getByText(new RegExp(`^${grade}$`, 'i'))
      .waitFor();
    for (const { message } of reasons) await sampleRow(page, 1).getByText(message).waitFor();
    await sampleRow(page, 1).getByRole('button', { name: 'Show figures of sample 1' }).click();
    await sampleRow(page, 1).getByText(/LUFS/).first().waitFor();
    const link = sampleRow(page, 1).getByRole('link', { name: 'Download sample 1' });
    const { bytes } = await downloaded(page, () => link.click());
    expect(bytes.subarray(0, 4).toString()).toBe('OggS');
  });

  it('are added from a file and deleted after it is confirmed', async () => {
    const voice = await spokenVoice(partner, 'changing');
    const page = await open(voice);
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('button', { name: 'Add sample' }).click(),
    ]);
    await chooser.setFiles({ name: 'more.wav', mimeType: 'audio/wav', buffer: toneWav(2) });
    await sampleRow(page, 6).waitFor();
    await sampleRow(page, 6).getByRole('button', { name: 'Play sample 6' }).click();
    await sounds(page);
    await sampleRow(page, 2).getByRole('button', { name: 'Delete sample 2' }).click();
    await page
      .getByRole('dialog')
      .getByText(/deleted for ever/)
      .waitFor();
    await expectAccessible(page);
    await page.getByRole('dialog').getByRole('button', { name: 'Delete sample 2' }).click();
    await sampleRow(page, 2).waitFor({ state: 'detached' });
    expect((await details(partner, 'changing')).samples.map(({ index }) => index)).toEqual([1, 3, 4, 5, 6]);
  });

  it('say why a file is no sample', async () => {
    const visit = await lab.visit({ key: partner.key, at: voicesOf(partner, anna.id) });
    visit.tolerate(/status of 422/);
    const [chooser] = await Promise.all([
      visit.page.waitForEvent('filechooser'),
      visit.page.getByRole('button', { name: 'Add sample' }).click(),
    ]);
    await chooser.setFiles({ name: 'notes.wav', mimeType: 'audio/wav', buffer: Buffer.from('no audio') });
    await visit.page.getByRole('alert').first().waitFor();
    await expectAccessible(visit.page);
  });
});

describe('The player', () => {
  it('pauses, seeks and stops', async () => {
    const page = await open();
    await pressAt(page, 0.1);
    await sounds(page);
    const player = page.getByRole('region', { name: 'Player' });
    const seek = player.getByRole('slider', { name: 'Place' });
    await seek.click({ position: { x: ((await seek.boundingBox())?.width ?? 0) * 0.8, y: 4 } });
    await waitFor('it has moved', async () => (await listen(page)).time > 55, { timeoutMs: 5_000 });
    await player.getByRole('button', { name: 'Pause' }).click();
    await isSilent(page);
    await expectAccessible(page);
    await player.getByRole('button', { name: 'Play', exact: true }).click();
    expect((await sounds(page)).time).toBeGreaterThan(55);
    await player.getByRole('button', { name: 'Stop and close' }).click();
    await player.waitFor({ state: 'detached' });
    await isSilent(page);
  });

  it('plays on while its voice changes', async () => {
    const page = await open();
    await pressAt(page, 0.2);
    const before = await sounds(page);
    await partner.http.patch(partner.route('anna'), { labels: { heard: 'yes' } });
    await page.getByText('heard: yes').waitFor();
    const after = await sounds(page);
    expect(after.url).toBe(before.url);
    expect(after.time).toBeGreaterThan(before.time);
  });
});

describe('The page of a voice', () => {
  it.each(['light', 'dark'] as const)('is accessible in %s colours, fits every screen', async (colorScheme) => {
    const page = await open(anna, colorScheme);
    await pressAt(page, 0.3);
    await sounds(page);
    await page.getByRole('button', { name: 'Pause', exact: true }).first().click();
    await expectAccessible(page);
    if (colorScheme === 'light') await expectTabReachesAll(page);
    await expectFits(page, `voice-${colorScheme}`);
  });
});
