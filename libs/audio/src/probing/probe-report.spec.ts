import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { recordingLimits } from '../ffmpeg/limits.js';
import { objectionTo, readProbeReport } from './probe-report.js';

const stream = {
  ...{ codec_name: 'mp3', channels: 2, sample_rate: '44100' },
  ...{ bit_rate: '128000', duration: '12.5', start_time: '0.025057' },
};
const format = { format_name: 'mp3', duration: '12.6' };

const read = (report: unknown, { stderr = '', fileBytes = 1_000_000 } = {}) =>
  readProbeReport({ stdout: JSON.stringify(report), stderr, fileBytes });

const track = {
  ...{ durationSeconds: 12.5, statedSeconds: 12.5, startSeconds: 0.025057 },
  ...{ codecName: 'mp3', channels: 2, sampleRate: 44_100, isDefault: false },
};

/** The only track of a report, or the reason why there is none. */
function onlyTrack(report: unknown, more = {}) {
  const found = read(report, more);
  return typeof found === 'string' ? found : found.tracks[0];
}

describe('readProbeReport', () => {
  it('takes values from the stream, else from the container', () => {
    expect(read({ streams: [stream], format })).toEqual({ formatName: 'mp3', tracks: [track] });
    const lengths = { durationSeconds: 12.6, statedSeconds: 12.6 };
    expect(onlyTrack({ streams: [{ ...stream, duration: 'N/A' }], format })).toEqual({ ...track, ...lengths });
  });

  it.each([
    ['not stated', { ...stream, duration: undefined }, {}],
    ['no number', { ...stream, duration: 'N/A' }, {}],
    ['negative', { ...stream, duration: '-3' }, {}],
    ['guessed', stream, { stderr: '[mp3 @ 0x1] Estimating duration from bitrate, this may be inaccurate' }],
    [
      'more than the file can hold',
      { ...stream, codec_name: 'pcm_s16le', bit_rate: '1411200' },
      { fileBytes: 2_000_000 },
    ],
  ])('returns no length if it is %s', (_, changed, more) => {
    const report = { streams: [changed], format: { format_name: 'mp3' } };
    expect(onlyTrack(report, more)).toMatchObject({ durationSeconds: null });
  });

  it('believes the length of PCM that fits into the file', () => {
    const pcm = { ...stream, codec_name: 'pcm_s16le', bit_rate: '1411200' };
    const stderr = 'Estimating duration from bitrate, this may be inaccurate';
    const expected = { durationSeconds: 12.5 };
    expect(onlyTrack({ streams: [pcm], format }, { fileBytes: 2_205_044 })).toMatchObject(expected);
    const caf = { ...format, format_name: 'caf' };
    expect(onlyTrack({ streams: [pcm], format: caf }, { fileBytes: 2_205_044, stderr })).toMatchObject(expected);
    expect(onlyTrack({ streams: [stream], format: caf }, { stderr })).toMatchObject({ durationSeconds: null });
  });

  it.each([
    ['ogg', '600', '608', 8],
    ['matroska,webm', '600', '608', 8],
    ['mov,mp4,m4a,3gp,3g2,mj2', '600', '8', 8],
    ['matroska,webm', '600', '8', null],
  ])('subtracts a late start from the length of %s (from %s, %s)', (formatName, from, duration, expected) => {
    const report = { streams: [{ ...stream, start_time: from, duration }], format: { format_name: formatName } };
    expect(onlyTrack(report)).toMatchObject({ durationSeconds: expected });
  });

  it('describes every track and says which is the default', () => {
    const found = read({ streams: [stream, {}, { ...stream, disposition: { default: 1 } }], format });
    expect(found).toEqual({ formatName: 'mp3', tracks: [track, null, { ...track, isDefault: true }] });
  });

  it('names the accepted formats for another one', () => {
    const stderr = "[hls @ 0x1] Format not on whitelist 'wav,mp3'";
    expect(read({}, { stderr })).toMatch(/^The format of the file is not accepted; send WAV, .* and WebM$/);
  });

  it('says why there is no report', () => {
    expect(read({ streams: [], format })).toBe('The file has no audio in it');
    expect(read({})).toBe('The file is not audio that can be decoded');
    expect(read({ streams: [{ ...stream, codec_name: undefined }], format })).toMatch('not audio');
  });

  it('never throws, for any output', () => {
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc.json().map((json) => `{"format":{"format_name":"x"},"streams":[${json}]}`),
    );
    fc.assert(fc.property(text, (stdout) => void readProbeReport({ stdout, stderr: '', fileBytes: 1 })));
  });
});

describe('objectionTo', () => {
  const limits = recordingLimits(60);

  it.each([
    [{}, undefined],
    [{ durationSeconds: 60 }, undefined],
    [{ durationSeconds: null }, undefined],
    [{ durationSeconds: 60.1 }, 'The recording is longer than 60 seconds'],
    [{ channels: 8 }, undefined],
    [{ channels: 9 }, 'The recording has 9 channels, more than the 8 allowed'],
    [{ sampleRate: 100 }, "The recording's sample rate is not between 4000 and 384000 Hz"],
    [{ sampleRate: 1_000_000 }, "The recording's sample rate is not between 4000 and 384000 Hz"],
  ])('of %j is %s', (changed, sentence) => {
    expect(objectionTo({ ...track, ...changed }, limits)).toBe(sentence);
  });
});
