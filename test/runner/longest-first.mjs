import Sequencer from '@jest/test-sequencer';

/** Rough seconds of the files that take longest, so that a fresh clone starts them first. */
const seconds = {
  'strange-recordings.e2e-spec.ts': 30,
  'main-flow.e2e-spec.ts': 35,
  'encode-recording.medium-spec.ts': 25,
  'locks.e2e-spec.ts': 25,
  'one-result.medium-spec.ts': 20,
  'track.medium-spec.ts': 20,
  'voice-tracks.medium-spec.ts': 20,
  'every-route.e2e-spec.ts': 20,
  'broken-uploads.e2e-spec.ts': 20,
  'client.e2e-spec.ts': 20,
  'cut-places.medium-spec.ts': 20,
  'keys.e2e-spec.ts': 20,
  'running-sections.medium-spec.ts': 20,
  'connection-limits.medium-spec.ts': 15,
};

/** Seconds of any other file, by its size of test. */
const usual = { e2e: 10, medium: 3, unit: 0.3 };

/** Jest's `testSequencer`: starts the longest files first, so that no worker is left alone with one at the end. */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const known = ({ path, duration, context }) =>
      duration === undefined
        ? (seconds[path.slice(path.lastIndexOf('/') + 1)] ?? usual[context.config.displayName.name] ?? 1)
        : duration / 1_000;
    return super.sort(tests).sort((a, b) => known(b) - known(a));
  }
}
