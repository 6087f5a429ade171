import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readTrack } from '#libs/audio';
import { EmbeddingResults } from '#libs/embeddings';
import { analysisKey, OBJECT_STORAGE, type ObjectStorage } from '#libs/storage';
import { VoicesService } from '#libs/voices';
import { audioLab } from '../../../../test/support/audio-lab.js';
import { makeAudio, speech } from '../../../../test/support/audio-measure.js';
import {
  collected,
  convertedSample,
  cutSamples,
  Domain,
  required,
  storedOriginal,
} from '../../../../test/support/domain.js';
import { goodFigures } from '../../../../test/support/quality-figures.js';
import { recordedVoice, runSplit } from '../../../../test/support/recorded-voice.js';
import { longIt } from '../../../../test/support/test-form.js';
import { SamplesService } from '../samples.service.js';
import { SplittingService } from '../splitting/splitting.service.js';
import { OriginalMeter } from './original-meter.js';
import { TrackStore } from './track-store.js';
import { VoiceTracks } from './voice-tracks.service.js';

const lab = audioLab();
let domain: Domain;
let tracks: VoiceTracks;
let storage: ObjectStorage;
let recording: string;
beforeAll(async () => {
  domain = await Domain.open();
  tracks = domain.get(VoiceTracks);
  storage = domain.get<ObjectStorage>(OBJECT_STORAGE);
  recording = path.join(lab.folder, 'recording.flac');
  await makeAudio(lab.tools, ['-i', speech('en'), '-t', '31', recording]);
});
afterAll(() => domain.close());

/** A voice as processes of the last release have left it: its samples and its original were never measured. */
async function voiceFromBefore(): Promise<{ voiceId: string; partnerId: string; originalKey: string }> {
  const voiceId = await recordedVoice(domain, recording);
  await runSplit(domain, voiceId);
  const { original_key: key, partner_id: partnerId } = await domain.row('voices', voiceId);
  const originalKey = String(key);
  await storage.delete([analysisKey(originalKey)]);
  await domain.database.query('UPDATE voices SET analysis_key = NULL WHERE id = $1', [voiceId]);
  await domain.database.query('UPDATE samples SET quality = NULL WHERE voice_id = $1', [voiceId]);
  return { voiceId, partnerId: String(partnerId), originalKey };
}

const qualities = async (voiceId: string) => (await domain.get(SamplesService).list(voiceId)).map((one) => one.quality);
const stored = async (originalKey: string): Promise<Buffer> =>
  buffer(required(await storage.read(analysisKey(originalKey))));

describe('VoiceTracks, of an original from before', () => {
  let voice: Awaited<ReturnType<typeof voiceFromBefore>>;
  beforeEach(async () => {
    voice = await voiceFromBefore();
  });

  it('measures it once, and stores its track and the quality of its samples', async () => {
    const { voiceId, originalKey } = voice;
    const before = await domain.row('voices', voiceId);
    const [first, second] = await Promise.all([tracks.ofVoice(voiceId), tracks.ofVoice(voiceId)]);
    expect(first.track).toBe(second.track);
    expect(await domain.row('voices', voiceId)).toEqual({ ...before, analysis_key: analysisKey(originalKey) });
    expect(readTrack(await stored(originalKey))).toEqual(first.track);
    const samples = await domain.get(SamplesService).list(voiceId);
    expect(samples).toHaveLength(2);
    const preview = await domain.get(SplittingService).preview(voiceId, { maxSamples: 25, sampleDurationSeconds: 15 });
    expect(samples.map(({ quality }) => quality)).toEqual(preview.samples.map(({ quality }) => quality));
  });

  longIt('stores the same bytes in any process, and leaves measured samples alone', async () => {
    const { voiceId, partnerId, originalKey } = voice;
    await tracks.measure({ id: voiceId, partnerId, originalKey });
    const before = await stored(originalKey);
    const figures = { ...goodFigures, snrDb: 7 };
    await domain.database.query('UPDATE samples SET quality = $2 WHERE voice_id = $1 AND "index" = 1', [
      voiceId,
      figures,
    ]);
    await tracks.measure({ id: voiceId, partnerId, originalKey });
    expect(await stored(originalKey)).toEqual(before);
    expect((await qualities(voiceId))[0]).toEqual(figures);
  });

  it('leaves nothing behind for a voice that was deleted meanwhile', async () => {
    const { voiceId, partnerId, originalKey } = voice;
    await domain.database.query('DELETE FROM voices WHERE id = $1', [voiceId]);
    await tracks.measure({ id: voiceId, partnerId, originalKey });
    expect(await storage.stat(analysisKey(originalKey))).toBeNull();
  });

  it('measures it again if its track is lost or cannot be read', async () => {
    const { voiceId, partnerId, originalKey } = voice;
    await tracks.measure({ id: voiceId, partnerId, originalKey });
    const whole = await stored(originalKey);
    const put = (bytes: Buffer) =>
      storage.put(analysisKey(originalKey), Readable.from([bytes]), { contentType: 'application/octet-stream' });
    for (const spoil of [() => storage.delete([analysisKey(originalKey)]), () => put(Buffer.from('TimbreT9'))]) {
      await spoil();
      const restarted = new VoiceTracks(domain.database, new TrackStore(storage), domain.get(OriginalMeter));
      expect((await restarted.ofVoice(voiceId)).track.totalSamples).toBeGreaterThan(0);
      expect(await stored(originalKey)).toEqual(whole);
    }
  });

  longIt('does not share a failure with later requests', async () => {
    const { voiceId, originalKey } = voice;
    const original = await buffer(required(await storage.read(originalKey)));
    await storage.delete([originalKey]);
    await expect(tracks.ofVoice(voiceId)).rejects.toMatchObject({ code: 'recording_lost' });
    await storage.put(originalKey, Readable.from([original]), { contentType: 'audio/ogg' });
    expect((await tracks.ofVoice(voiceId)).track.totalSamples).toBeGreaterThan(0);
  });
});

describe('VoiceTracks.ofVoice', () => {
  it('fails for a voice without an original', async () => {
    await expect(tracks.ofVoice(await domain.emptyVoice())).rejects.toMatchObject({ code: 'no_original' });
    await expect(tracks.ofVoice(await domain.uploadedVoice())).rejects.toMatchObject({ code: 'voice_locked' });
    const gone = '0b8e4f5e-3c39-4d11-9a3e-6f4f3d1c2b1a';
    await expect(tracks.ofVoice(gone)).rejects.toMatchObject({ code: 'voice_not_found' });
  });
});

describe('SplittingService.commit, with the track of the original', () => {
  const scores = [
    { sampleIndex: 1, score: 0.9 },
    { sampleIndex: 2, score: 0.8 },
  ];

  /** A voice of 30 s: silence, then speech. */
  const halfSilent = async (): Promise<string> => {
    const recording = path.join(lab.folder, 'half.wav');
    await makeAudio(lab.tools, ['-t', '15', '-i', speech('en'), '-af', 'adelay=15000', recording]);
    const voiceId = await recordedVoice(domain, recording);
    await runSplit(domain, voiceId);
    return voiceId;
  };

  it('measures samples of an earlier commit, and prefers among them again unless a person chose', async () => {
    const { track } = await tracks.ofVoice(await halfSilent());
    for (const isChosen of [false, true]) {
      const voiceId = await domain.uploadedVoice();
      const split = await domain.claim(voiceId, 'split');
      await domain.get(SplittingService).commit(split, { samples: cutSamples(split, 2) });
      const embed = await domain.claim(voiceId, 'embed');
      await domain.get(EmbeddingResults).commit(embed, collected(embed, scores));
      const details = () => domain.get(VoicesService).details(voiceId);
      expect(await details()).toMatchObject({
        preferredSampleIndex: 1,
        samples: [{ quality: null }, { quality: null }],
      });
      if (isChosen) {
        await domain.database.query(`UPDATE voices SET preferred_by = 'person' WHERE id = $1`, [voiceId]);
      }
      await domain.get(SplittingService).commit(split, { original: storedOriginal(split), track });
      expect(await details()).toMatchObject({
        preferredSampleIndex: isChosen ? 1 : 2,
        samples: [{ quality: { speechRatio: 0 } }, { quality: { speechRatio: expect.closeTo(0.9, 0) } }],
      });
    }
  });

  it('leaves uploaded samples as they are', async () => {
    const voiceId = await halfSilent();
    await domain.database.query(`UPDATE voices SET embedding_status = 'failed' WHERE id = $1`, [voiceId]);
    await domain.database.query(`UPDATE jobs SET state = 'failed' WHERE voice_id = $1`, [voiceId]);
    await domain.get(SamplesService).add(voiceId, convertedSample(voiceId));
    await domain.database.query('UPDATE samples SET quality = NULL WHERE voice_id = $1', [voiceId]);
    const { partner_id: partnerId, original_key: originalKey } = await domain.row('voices', voiceId);
    await tracks.measure({ id: voiceId, partnerId: String(partnerId), originalKey: String(originalKey) });
    const found = await qualities(voiceId);
    expect(found.slice(0, 2)).not.toContain(null);
    expect(found.at(-1)).toBeNull();
  });
});
