import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { speech } from '../support/audio-measure.js';
import type { TestPartner } from '../support/shared-stack.js';
import { settled } from '../support/voices.js';
import { waitFor } from '../support/wait-for.js';
import type * as Dom from './dom.js';
import { hostileTexts } from './hostile-texts.js';
import { voicesOf } from './addresses.js';
import { consoleLab } from './lab.js';
import type { Visit } from './visit.js';

const lab = consoleLab();
let partner: TestPartner;
const hostileNames = hostileTexts.filter((text) => !/[/\\\p{Bidi_Control}]/u.test(text));
const oneLine = hostileTexts.filter((text) => !/\p{Bidi_Control}/u.test(text));
const hostileLabels = oneLine.filter((text) => text.length <= 100);
const description = oneLine.join(' ').slice(0, 1000).trim();
/** The voice that has hostile texts everywhere. */
let id: string;

async function made(answer: Promise<{ readonly status: number; readonly body: unknown }>): Promise<void> {
  const { status, body } = await answer;
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
}

beforeAll(async () => {
  partner = await lab.partner();
  await Promise.all(hostileNames.map((name) => made(partner.http.post(`${partner.route()}/empty`, { name }))));
  const form = new FormData();
  form.set('name', 'victim');
  form.set('file', new Blob([await readFile(speech('en'))]), `${hostileNames[0]}.flac`);
  await made(partner.http.post(partner.route(), form));
  ({ id } = await settled(partner, 'victim'));
  const [name = ''] = hostileTexts;
  await made(
    partner.http.patch(partner.route(id), {
      description,
      creator_name: name,
      labels: Object.fromEntries(hostileLabels.slice(0, 20).map((text, at) => [`label-${at}`, text])),
    }),
  );
  for (const text of hostileTexts.slice(0, 4)) {
    const consent = new FormData();
    for (const [field, value] of Object.entries({ statement: text, granted_by: text, language: 'en' })) {
      consent.set(field, value);
    }
    consent.set('method', 'written');
    consent.set('file', new Blob(['proof']), `${hostileNames[0]}.txt`);
    await made(partner.http.post(`${partner.route(id)}/consent`, consent));
  }
  await made(partner.http.post(`${partner.route(id)}/embed`, { test_sentences: hostileTexts.slice(0, 5) }));
  await settled(partner, id);
  for (const text of hostileTexts.slice(0, 4)) {
    await made(lab.admin.post(`/admin/partners/${partner.name}/keys`, { name: text }));
  }
});

/** Expects that texts are on the page, as texts: they made no element, and no script of theirs ran. */
async function expectHarmless(visit: Visit, texts: readonly string[]): Promise<void> {
  for (const text of texts) {
    await waitFor(`${text} is shown`, async () => (await shownText(visit.page)).includes(text));
  }
  const elements = await visit.page.evaluate(() => {
    const { document } = globalThis as unknown as Dom.Page;
    const planted = 'img, iframe, math, details, [onerror], [onload], [onfocus], [ontoggle], a[href^="javascript"]';
    return [...document.querySelectorAll(`${planted}, body script, body style`)].map(({ tagName }) => tagName);
  });
  expect(elements).toEqual([]);
  expect(visit.complaints).toEqual([]);
}

const shownText = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const { document } = globalThis as unknown as Dom.Page;
    return [...document.querySelectorAll('#root, [role=dialog]')].map(({ textContent }) => textContent).join('\n');
  });

describe('Hostile texts', () => {
  it('are only texts in the list of voices', async () => {
    const visit = await lab.visit({ key: partner.key, at: voicesOf(partner) });
    await expectHarmless(visit, hostileNames);
    await visit.page.getByRole('searchbox').fill(hostileTexts[0] ?? '');
    await waitFor('one voice is found', async () => (await visit.page.locator('.table-link').count()) === 1);
    await expectHarmless(visit, [hostileNames[0] ?? '']);
  });

  it('are only texts on the page of a voice, in its dialogs and in the player', async () => {
    const visit = await lab.visit({ key: partner.key, at: voicesOf(partner, id) });
    const { page } = visit;
    await expectHarmless(visit, [...hostileTexts.slice(0, 5), description, ...hostileLabels]);
    await page.getByRole('button', { name: 'Edit' }).click();
    expect(await page.getByLabel('Description').inputValue()).toBe(description);
    await expectHarmless(visit, []);
  });

  it.each(hostileNames.slice(0, 6).map((name) => [name]))('are only texts as the name %s', async (name) => {
    const { body } = await partner.http.get<{ id: string }>(partner.route(name));
    const visit = await lab.visit({ key: partner.key, at: voicesOf(partner, body.id) });
    await visit.page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
    await visit.page.getByRole('button', { name: 'More actions' }).click();
    await visit.page.getByRole('menuitem', { name: 'Delete voice' }).click();
    await visit.page.getByRole('dialog', { name: `Delete ${name}?` }).waitFor();
    await expectHarmless(visit, [`Delete ${name}`]);
  });

  it('are only texts for the administrator', async () => {
    const visit = await lab.visit({ key: lab.stack.adminKey, at: `/admin/partners/${partner.name}` });
    await expectHarmless(visit, hostileTexts.slice(0, 4));
    await visit.go('/admin/jobs');
    await visit.page.getByRole('searchbox').fill(partner.name);
    await expectHarmless(visit, ['victim']);
  });

  it('are nothing as addresses', async () => {
    const visit = await lab.visit({ key: partner.key });
    visit.tolerate(/status of 40[0-9]|status of 422/);
    for (const text of hostileTexts) {
      for (const at of [text, encodeURIComponent(text), `partners/${encodeURIComponent(text)}/voices`]) {
        await visit.go(`/${at}`);
        await visit.page.getByRole('main').waitFor();
      }
    }
    await expectHarmless(visit, []);
  });
});
