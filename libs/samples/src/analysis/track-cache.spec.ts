import { describe, expect, it } from '@jest/globals';
import type { AnalysisTrack } from '#libs/audio';
import { TrackCache } from './track-cache.js';

const track = (totalSamples: number) => ({ totalSamples }) as AnalysisTrack;

describe('TrackCache', () => {
  it('forgets the tracks that were unused for longest when there is no room', () => {
    const cache = new TrackCache(10);
    cache.add('a', track(1), 4);
    cache.add('b', track(2), 4);
    cache.get('a');
    cache.add('c', track(3), 4);
    expect(['a', 'b', 'c'].map((key) => cache.get(key)?.totalSamples)).toEqual([1, undefined, 3]);
  });

  it('counts a track that is added again once', () => {
    const cache = new TrackCache(10);
    cache.add('a', track(1), 4);
    cache.add('a', track(2), 4);
    cache.add('b', track(3), 6);
    expect(['a', 'b'].map((key) => cache.get(key)?.totalSamples)).toEqual([2, 3]);
  });

  it('keeps no track that is larger than the limit', () => {
    const cache = new TrackCache(10);
    cache.add('a', track(1), 4);
    cache.add('b', track(2), 11);
    expect(['a', 'b'].map((key) => cache.get(key))).toEqual([undefined, undefined]);
  });
});
