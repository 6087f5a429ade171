import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { audioTools, makeAudio, speech, temporaryFolder } from '../../support/audio-measure.js';
import { formWithFile } from '../../support/http.js';
import type { Contract } from '../../support/openapi-client.js';
import type { TestPartner } from '../../support/shared-stack.js';
import { bytesOf, details, settled, type Details, type Quality, type Sample } from '../../support/voices.js';
import { zipEntries } from '../../support/zip-entries.js';
import { instantContract } from './emulated.js';
import { emptyVoice, finished } from './made-voices.js';
import { sql } from './sql.js';

let contract: Contract;
let partner: TestPartner;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;

beforeAll(async () => {
  ({ contract, partner } = await instantContract());
  folder = await temporaryFolder();
  await emptyVoice(partner, 'uploads');
});
afterAll(() => folder.remove());

/** Makes a sample of 12 s of speech with silence around it, changed by a filter of ffmpeg. */
async function made(name: string, filter: string): Promise<string> {
  const file = path.join(folder.path, `${name}.wav`);
  const air = 'adelay=300:all=1,apad=pad_dur=0.3';
  await makeAudio(audioTools(), ['-t', '12', '-i', speech('en'), '-af', `${air},${filter}`, '-c:a', 'pcm_s16le', file]);
  return file;
}

async function upload(file: string): Promise<Sample> {
  const answer = await partner.http.post<Sample>(`${partner.route('uploads')}/samples`, await formWithFile(file));
  expect(answer.status).toBe(201);
  return answer.body;
}

const codesOf = (quality: Quality | null): string[] => (quality?.reasons ?? []).map(({ code }) => code);

describe('the quality of an uploaded sample', () => {
  it('is good for clean speech', async () => {
    const { quality } = await upload(await made('clean', 'anull'));
    expect(quality).toMatchObject({ grade: 'good', reasons: [], starts_in_speech: false, ends_in_speech: false });
    expect(quality?.speech_ratio).toBeGreaterThan(0.5);
    expect(quality?.snr_db).toBeGreaterThan(20);
    expect(quality?.clipped_ratio).toBe(0);
  });

  it.each([
    ['clipped', 'volume=24dB'],
    ['narrow_band', 'highpass=300,highpass=300,lowpass=3400,lowpass=3400,lowpass=3400'],
    ['too_quiet', 'volume=-28dB'],
    ['mostly_silence', 'apad=pad_dur=30'],
  ])('says %s for speech that is', async (code, filter) => {
    const { quality } = await upload(await made(code, filter));
    expect(codesOf(quality)).toEqual([code]);
    expect(quality?.grade).not.toBe('good');
    for (const { message } of quality?.reasons ?? []) expect(message).toMatch(/^[A-Z\d].*[^.]$/);
  });

  it('says cut_in_word for a sample that ends while somebody speaks', async () => {
    const file = path.join(folder.path, 'cut.wav');
    // The reader speaks at 4.2 s.
    await makeAudio(audioTools(), [
      '-i',
      speech('en'),
      '-t',
      '4.2',
      '-af',
      'adelay=300:all=1',
      '-c:a',
      'pcm_s16le',
      file,
    ]);
    const { quality } = await upload(file);
    expect([codesOf(quality), quality?.ends_in_speech]).toEqual([['cut_in_word'], true]);
  });

  it('is in the details and in the bundle, as the upload was answered', async () => {
    const { samples } = await details(partner, 'uploads');
    expect(samples.length).toBeGreaterThan(4);
    expect(samples.filter(({ quality }) => quality === null)).toEqual([]);
    const bundle = zipEntries(await bytesOf(partner, `${partner.route('uploads')}/samples-bundle`));
    const info = JSON.parse(bundle.get('voice_info.json')?.toString() ?? '') as Details;
    expect(info.samples).toEqual(samples);
  });

  it('has a loudness and a peak that follow the volume', async () => {
    const [clean] = (await details(partner, 'uploads')).samples;
    const quieter = await upload(await made('quieter', 'volume=-6dB'));
    const difference = (of: 'loudness_lufs' | 'peak_dbfs'): number =>
      (clean?.quality?.[of] ?? 0) - (quieter.quality?.[of] ?? 0);
    expect(Math.abs(difference('loudness_lufs') - 6)).toBeLessThan(0.5);
    expect(Math.abs(difference('peak_dbfs') - 6)).toBeLessThan(1);
  });
});

describe('the quality of a sample that sounds like another speaker', () => {
  it('says so once the voice is embedded, and no longer when the sample has scores like the others', async () => {
    const plain = await finished(partner, 'uploads', 'embed');
    const score = async (ofFirst: number, lowestOfFirst = 0.8): Promise<Details> => {
      const scores = plain.samples.map(({ index }) => ({
        sampleIndex: index,
        ...(index === 1 ? { score: ofFirst, lowestPartScore: lowestOfFirst } : { score: 0.9, lowestPartScore: 0.8 }),
      }));
      await sql(
        contract.stack,
        `UPDATE embeddings SET scores = $1::jsonb WHERE voice_id =
         (SELECT v.id FROM voices v JOIN partners p ON p.id = v.partner_id WHERE p.name = $2 AND v.name = 'uploads')`,
        [JSON.stringify(scores), partner.name],
      );
      return details(partner, 'uploads');
    };
    const [first, ...others] = (await score(0.5)).samples;
    expect([first?.quality?.grade, codesOf(first?.quality ?? null)]).toEqual(['poor', ['other_speaker']]);
    expect(others.flatMap(({ quality }) => codesOf(quality))).not.toContain('other_speaker');
    expect((await score(0.85, 0.5)).samples[0]?.quality?.reasons).toEqual([
      { code: 'other_speaker', message: 'A part of the sample does not sound like the other samples of the voice' },
    ]);
    expect((await score(0.85)).samples[0]?.quality).toMatchObject({ grade: 'good', reasons: [] });
  });
});

describe('the quality of the samples of a recording', () => {
  it('is measured while the recording is converted, and again by a re-split', async () => {
    const loud = await made('loud', 'volume=24dB');
    const answer = await partner.http.post(partner.route(), await formWithFile(loud, { name: 'loud' }));
    expect(answer.status).toBe(201);
    const voice = await settled(partner, 'loud');
    expect(voice.samples).toHaveLength(1);
    expect(codesOf(voice.samples[0]?.quality ?? null)).toContain('clipped');
    const again = await finished(partner, 'loud', 'split', { sample_duration: 6 });
    expect(again.samples.map(({ quality }) => codesOf(quality).includes('clipped'))).toEqual([true, true]);
  });

  it('refuses nothing: a poor sample is embedded like any other', async () => {
    const voice = await finished(partner, 'loud', 'embed');
    expect(voice.embedding_info?.sample_scores).toHaveLength(2);
    expect(voice.preferred_sample_index).not.toBeNull();
  });
});
