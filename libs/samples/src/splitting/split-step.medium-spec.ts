import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { measureQuality, planSplit, readTrack, samplesPerSecond, type AnalysisTrack } from '#libs/audio';
import { analysisKey, OBJECT_STORAGE, type ObjectStorage } from '#libs/storage';
import type { RequestedSplit } from '#libs/voices';
import { audioLab } from '../../../../test/support/audio-lab.js';
import { makeAudio, speech } from '../../../../test/support/audio-measure.js';
import { Domain, required } from '../../../../test/support/domain.js';
import { recordedVoice, runSplit } from '../../../../test/support/recorded-voice.js';
import { SamplesService, type StoredSample } from '../samples.service.js';
import { splitRequest } from './split-request.js';
import { SplittingService } from './splitting.service.js';

const lab = audioLab();
let domain: Domain;
let storage: ObjectStorage;

/** Seconds of each recording: as much as its tests need. */
const seconds = { en: 45, es: 31, fr: 45, it: 17 };
const recorded = (language: keyof typeof seconds): string => path.join(lab.folder, `${language}.flac`);

beforeAll(async () => {
  const languages = ['en', 'es', 'fr', 'it'] as const;
  const inputs = languages.flatMap((language) => ['-i', speech(language)]);
  const outputs = languages.flatMap((language, at) => [
    ...['-map', `${at}:a`, '-t', String(seconds[language]), recorded(language)],
  ]);
  await makeAudio(lab.tools, [...inputs, ...outputs]);
  domain = await Domain.open();
  storage = domain.get<ObjectStorage>(OBJECT_STORAGE);
});
afterAll(() => domain.close());

const fixed: RequestedSplit = { maxSamples: 3, sampleDurationSeconds: 5, mode: 'fixed', select: 'first' };
const inPauses: RequestedSplit = { maxSamples: 30, sampleDurationSeconds: 12, mode: 'speech', minDurationSeconds: 4 };

const samplesOf = (voiceId: string): Promise<readonly StoredSample[]> => domain.get(SamplesService).list(voiceId);

/** The stored track of a voice's original, by the key that its row names. */
async function trackOf(voiceId: string): Promise<AnalysisTrack> {
  const { original_key: original, analysis_key: key } = await domain.row('voices', voiceId);
  expect(key).toBe(analysisKey(String(original)));
  return readTrack(await buffer(required(await storage.read(String(key)))));
}

/** The samples of a plan, as rows have them. */
const planned = (track: AnalysisTrack, params: RequestedSplit) =>
  planSplit(track, splitRequest(params)).windows.map((window, at) => ({
    index: at + 1,
    sourceStartSeconds: window.startSamples / samplesPerSecond,
    durationSeconds: window.durationSamples / samplesPerSecond,
    quality: measureQuality(track, window),
  }));

const resplitAs = async (voiceId: string, params: RequestedSplit): Promise<readonly StoredSample[]> => {
  await domain.database.query(
    `UPDATE jobs SET state = 'failed', leased_until = NULL WHERE voice_id = $1 AND state = 'queued'`,
    [voiceId],
  );
  await domain.database.query(`UPDATE voices SET embedding_status = 'failed' WHERE id = $1`, [voiceId]);
  await domain.get(SplittingService).request(voiceId, params);
  await runSplit(domain, voiceId);
  return samplesOf(voiceId);
};

describe('SplitStep, of an upload', () => {
  it('stores the track beside the original, and the quality of first windows', async () => {
    const voiceId = await recordedVoice(domain, recorded('en'), fixed);
    await runSplit(domain, voiceId);
    const track = await trackOf(voiceId);
    expect(track.totalSamples / samplesPerSecond).toBeCloseTo(seconds.en, 1);
    expect(await samplesOf(voiceId)).toMatchObject(planned(track, fixed));
    expect((await samplesOf(voiceId)).map(({ sourceStartSeconds }) => sourceStartSeconds)).toEqual([0, 5, 10]);
  });

  it('stores the quality of samples that are committed with the original', async () => {
    const voiceId = await recordedVoice(domain, recorded('es'));
    await runSplit(domain, voiceId);
    expect(await samplesOf(voiceId)).toMatchObject(
      planned(await trackOf(voiceId), { maxSamples: 25, sampleDurationSeconds: 15 }),
    );
  });

  it.each(['first', 'best'] as const)('cuts speech in pauses, selecting the %s', async (select) => {
    const params = { ...inPauses, maxSamples: 3, select };
    const voiceId = await recordedVoice(domain, recorded('fr'), params);
    await runSplit(domain, voiceId);
    const samples = await samplesOf(voiceId);
    expect(samples).toHaveLength(3);
    expect(samples).toMatchObject(planned(await trackOf(voiceId), params));
    for (const { durationSeconds } of samples) expect(durationSeconds).toBeLessThanOrEqual(12);
    expect(await domain.row('voices', voiceId)).toMatchObject({ splitting_status: 'completed', upload_key: null });
  });

  it('measures the original if its track cannot be had while it is encoded', async () => {
    const recording = path.join(lab.folder, 'changing.mp3');
    const parts = ['-ar 44100 -ac 2', '-ar 22050 -ac 1'].map(async (options, at) => {
      const part = path.join(lab.folder, `${at}.mp3`);
      await makeAudio(lab.tools, ['-ss', String(at * 10), '-t', '10', '-i', speech('it'), ...options.split(' '), part]);
      return readFile(part);
    });
    await writeFile(recording, Buffer.concat(await Promise.all(parts)));
    const voiceId = await recordedVoice(domain, recording, inPauses);
    await runSplit(domain, voiceId);
    expect(await samplesOf(voiceId)).toMatchObject(planned(await trackOf(voiceId), inPauses));
  });

  it('measures each sample where it is in the original, which lacks damaged audio', async () => {
    const recording = path.join(lab.folder, 'damaged.flac');
    await makeAudio(lab.tools, ['-t', '40', '-i', speech('it'), recording]);
    const bytes = await readFile(recording);
    const [from, to] = [0.1, 0.2].map((part) => Math.floor(part * bytes.length));
    await writeFile(recording, bytes.fill(0x55, from, to));
    const voiceId = await recordedVoice(domain, recording, fixed);
    await runSplit(domain, voiceId);
    const samples = await samplesOf(voiceId);
    const track = await trackOf(voiceId);
    const windows = planned(track, fixed).map(({ quality, durationSeconds }) => ({ quality, durationSeconds }));
    expect(samples).toMatchObject(windows);
    expect(samples[1]?.sourceStartSeconds).toBeGreaterThan(6);
  });

  it('goes on with the original after its samples were committed', async () => {
    const voiceId = await recordedVoice(domain, recorded('it'), fixed);
    await domain.database.query(`UPDATE jobs SET stage = 'original' WHERE voice_id = $1`, [voiceId]);
    await runSplit(domain, voiceId);
    expect(await samplesOf(voiceId)).toEqual([]);
    expect((await trackOf(voiceId)).totalSamples).toBeGreaterThan(0);
  });
});

describe('SplitStep, of an original', () => {
  let voiceId: string;
  beforeAll(async () => {
    voiceId = await recordedVoice(domain, recorded('en'));
    await runSplit(domain, voiceId);
  });

  it('cuts the samples that a preview shows', async () => {
    for (const params of [inPauses, { ...inPauses, select: 'best', maxSamples: 2 }, fixed] as const) {
      const before = await samplesOf(voiceId);
      const preview = await domain.get(SplittingService).preview(voiceId, params);
      expect(await samplesOf(voiceId)).toEqual(before);
      const samples = await resplitAs(voiceId, params);
      expect(samples).toMatchObject(
        preview.samples.map(({ sourceStartSeconds, durationSeconds, quality }, at) => ({
          ...{ index: at + 1, sourceStartSeconds, durationSeconds, quality },
        })),
      );
      const cut = samples.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
      const { totalSamples } = await trackOf(voiceId);
      expect(preview.droppedSeconds).toBeCloseTo(totalSamples / samplesPerSecond - cut, 3);
    }
  });

  it.each([fixed, inPauses])('measures an original from before first ($mode)', async (params) => {
    const before = await trackOf(voiceId);
    const { analysis_key: key } = await domain.row('voices', voiceId);
    await storage.delete([String(key)]);
    await domain.database.query('UPDATE voices SET analysis_key = NULL WHERE id = $1', [voiceId]);
    const samples = await resplitAs(voiceId, params);
    expect(samples.length).toBeGreaterThanOrEqual(3);
    for (const { quality } of samples) expect(quality).not.toBeNull();
    expect((await trackOf(voiceId)).totalSamples).toBe(before.totalSamples);
  });
});
