import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { audioTools, makeAudio, speech, temporaryFolder } from '../../support/audio-measure.js';
import { formWithFile } from '../../support/http.js';
import type { TestPartner } from '../../support/shared-stack.js';
import { createVoice, details, finishedVoice, settled, type Details, type Sample } from '../../support/voices.js';
import { instantContract } from './emulated.js';
import { finished } from './made-voices.js';
import { bodyForms } from './body-forms.js';

let partner: TestPartner;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;

beforeAll(async () => {
  ({ partner } = await instantContract());
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

const timestamps = ({ samples }: Details): (string | null)[] => samples.map((sample) => sample.source_timestamp);

/** Checks samples of the mode `speech`: they may only start or end in speech where nobody pauses for too long. */
function expectCutInPauses(samples: readonly Sample[], minSeconds: number, maxSeconds: number): void {
  expect(samples.length).toBeGreaterThan(1);
  for (const { index, duration, quality } of samples) {
    expect([index, duration >= minSeconds && duration <= maxSeconds]).toEqual([index, true]);
    const isInSpeech = quality === null || quality.starts_in_speech || quality.ends_in_speech;
    const isSaid = quality?.reasons.some(({ code }) => code === 'cut_in_word') ?? false;
    expect([index, isInSpeech]).toEqual([index, isSaid]);
  }
}

describe('the mode speech', () => {
  it('cuts an upload in pauses, and the embedding follows by itself', async () => {
    const fields = { split_mode: 'speech', split_min_duration: '3', split_sample_duration: '12' };
    expect((await createVoice(partner, 'upload', speech('en'), fields)).status).toBe(201);
    const voice = await settled(partner, 'upload');
    expect(voice.status).toEqual({ splitting: 'completed', embedding: 'completed' });
    expectCutInPauses(voice.samples, 3, 12);
    expect(new Set(voice.samples.map(({ duration }) => duration)).size).toBeGreaterThan(1);
    // The reader pauses at least every 12 s. The recording itself begins while somebody speaks.
    expect(voice.samples.slice(1).flatMap(({ quality }) => quality?.reasons ?? [])).toEqual([]);
  });

  it('cuts the stored recording in pauses, with the same samples as an upload that is split so', async () => {
    await finishedVoice(partner, 'again', speech('en'));
    const fields = { mode: 'speech', min_duration: 3, sample_duration: 12 };
    const voice = await finished(partner, 'again', 'split', fields);
    expectCutInPauses(voice.samples, 3, 12);
    expect(timestamps(voice)).toEqual(timestamps(await details(partner, 'upload')));
  });

  it('uses a minimum of 5 s and the usual maximum if the request has none', async () => {
    const voice = await finished(partner, 'again', 'split', { mode: 'speech' });
    expectCutInPauses(voice.samples, 5, 15);
  });

  it('is not the default', async () => {
    const voice = await finished(partner, 'again', 'split');
    expect(timestamps(voice)).toEqual(['00:00', '00:15', '00:30', '00:45', '01:00']);
    expect(voice.samples.map(({ duration }) => duration)).toEqual([15, 15, 15, 15, 15]);
  });
});

describe('the selection best', () => {
  /** 30 s of speech: the first half is distorted, the second is as it was recorded. */
  async function halfClipped(): Promise<string> {
    const file = path.join(folder.path, 'half-clipped.wav');
    const loud = "volume=24dB:enable='lt(t,15)'";
    await makeAudio(audioTools(), ['-i', speech('en'), '-t', '30', '-af', loud, '-c:a', 'pcm_s16le', file]);
    return file;
  }

  it('takes the windows of the best quality from the whole recording, in its order', async () => {
    const file = await halfClipped();
    const fields = { name: 'best', split_select: 'best', split_max_samples: '2', split_sample_duration: '5' };
    expect((await partner.http.post(partner.route(), await formWithFile(file, fields))).status).toBe(201);
    const best = await settled(partner, 'best');
    expect(best.status).toEqual({ splitting: 'completed', embedding: 'completed' });
    expect(best.samples).toHaveLength(2);
    for (const { source_timestamp, quality } of best.samples) {
      expect(source_timestamp).toMatch(/^00:(15|20|25)$/);
      expect(quality?.grade).not.toBe('poor');
    }
    expect(timestamps(best)).toEqual([...timestamps(best)].sort());
    const asked = { select: 'best', max_samples: 2, sample_duration: 5 };
    expect(timestamps(await finished(partner, 'best', 'split', asked))).toEqual(timestamps(best));
  });

  it('differs from first, which takes the start of the recording', async () => {
    const asked = { select: 'first', max_samples: 2, sample_duration: 5 };
    const first = await finished(partner, 'best', 'split', asked);
    expect(timestamps(first)).toEqual(['00:00', '00:05']);
    expect(first.samples.map(({ quality }) => quality?.grade)).toEqual(['poor', 'poor']);
  });

  it('works with the mode speech', async () => {
    const asked = { mode: 'speech', select: 'best', max_samples: 1, sample_duration: 10 };
    const [only] = (await finished(partner, 'best', 'split', asked)).samples;
    expect(only?.quality?.reasons.map(({ code }) => code)).not.toContain('clipped');
  });
});

/** Fields of a split that are refused, with the sentence about them. */
const refused: readonly (readonly [fields: Readonly<Record<string, string>>, field: string, sentence: string])[] = [
  [{ mode: 'words' }, 'mode', 'must be fixed or speech'],
  [{ mode: 'Speech' }, 'mode', 'must be fixed or speech'],
  [{ select: 'worst' }, 'select', 'must be first or best'],
  [{ min_duration: '2' }, 'min_duration', 'must be a whole number from 3 to 60'],
  [{ min_duration: '61', sample_duration: '60' }, 'min_duration', 'must be a whole number from 3 to 60'],
  [{ min_duration: '5.5' }, 'min_duration', 'must be a whole number from 3 to 60'],
  [{ min_duration: '16' }, 'min_duration', 'must not exceed sample_duration (15)'],
  [{ min_duration: '30', sample_duration: '29' }, 'min_duration', 'must not exceed sample_duration (29)'],
  [{ min_duration: '16', mode: 'fixed' }, 'min_duration', 'must not exceed sample_duration (15)'],
];

describe.each(bodyForms)('wrong fields, sent as %s', (_form, bodyOf) => {
  it.each(refused)('%j are refused by a split', async (fields, field, sentence) => {
    const answer = await partner.http.post(`${partner.route('again')}/split`, bodyOf(fields));
    const detail = `${field} ${sentence}`;
    expect([answer.status, answer.body]).toEqual([422, { detail, errors: [{ field, message: detail }] }]);
    expect((await details(partner, 'again')).status.splitting).toBe('completed');
  });

  it.each(refused)('%j with the prefix split_ are refused when a voice is created', async (fields, field, sentence) => {
    const named = Object.entries(fields).map(([name, value]) => [`split_${name}`, value] as const);
    const answer = await partner.http.post(partner.route(), bodyOf({ name: 'refused', ...Object.fromEntries(named) }));
    const detail = `split_${field} ${sentence.replace('sample_duration', 'split_sample_duration')}`;
    expect([answer.status, answer.body]).toEqual([
      422,
      { detail, errors: [{ field: `split_${field}`, message: detail }] },
    ]);
    expect((await partner.http.get(partner.route('refused'))).status).toBe(404);
  });
});

describe('wrong fields in the query', () => {
  it.each(refused)('%j are refused by a split', async (fields, field, sentence) => {
    const query = new URLSearchParams(fields).toString();
    const answer = await partner.http.post<{ detail: string }>(`${partner.route('again')}/split?${query}`);
    expect([answer.status, answer.body.detail]).toEqual([422, `${field} ${sentence}`]);
  });

  it('are outdone by right ones in the body', async () => {
    const route = `${partner.route('again')}/split?min_duration=16&max_samples=1`;
    expect((await partner.http.post(route, { sample_duration: 20 })).status).toBe(202);
    expect((await settled(partner, 'again')).samples.map(({ duration }) => duration)).toEqual([20]);
  });
});
