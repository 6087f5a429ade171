import type { Schema } from '#libs/client';
import type { Sound } from '../../player/player.js';
import { text } from '../../texts/text.js';

type Voice = Schema<'VoiceDetails'>;

/** Returns the sound of a sample; undefined if its URL is not known. */
export const soundOfSample = (voice: Voice, { index, url }: Schema<'Sample'>): Sound | undefined =>
  url === undefined ? undefined : { id: `${voice.id}/sample-${index}`, name: text('previews.sample', { index }), url };

/** Returns the sound of a test sample; undefined if its URL is not known. */
export const soundOfTest = (voice: Voice, test: Schema<'TestSampleName'>): Sound | undefined =>
  test.url === undefined
    ? undefined
    : {
        id: `${voice.id}/${test.filename}`,
        name: text('previews.test', { index: test.sample_index, number: test.sentence_index }),
        url: test.url,
      };
