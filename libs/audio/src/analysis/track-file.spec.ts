import { describe, expect, it } from '@jest/globals';
import { readTrack, trackFile } from './track-file.js';
import { planeBytes, planesOf, type AnalysisTrack } from './track.js';

const frames = 7;
const track: AnalysisTrack = {
  totalSamples: 6_000,
  ...planesOf((plane) => Uint8Array.from({ length: planeBytes(plane, frames) }, (_, at) => 200 - at)),
};

describe('readTrack', () => {
  it('reads what trackFile has written', () => {
    expect(readTrack(trackFile(track))).toEqual(track);
  });

  it('returns planes whose slices are copies, so that sorting one does not change the track', () => {
    const read = readTrack(trackFile(track));
    read.level.slice().sort();
    expect(read).toEqual(track);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['another file', Buffer.from('OggS and more than a header')],
    ['a track that is cut off', trackFile(track).subarray(0, -1)],
    ['a track with more at its end', Buffer.concat([trackFile(track), Buffer.alloc(1)])],
  ])('refuses %s', (_what, file) => {
    expect(() => readTrack(file)).toThrow('Not an analysis track');
  });
});
