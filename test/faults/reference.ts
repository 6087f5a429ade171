import { settled } from '../support/voices.js';
import { sampleSet, type SampleSet } from './checks.js';
import type { Lab } from './lab.js';
import type { Recordings } from './recordings.js';
import { upload } from './uploads.js';

const references = new WeakMap<Lab, Map<string, Promise<SampleSet>>>();

/** Returns the samples of a recording (default: the minute of speech) without faults. Made once per lab. */
export function reference(lab: Lab, recording: keyof Recordings = 'minute'): Promise<SampleSet> {
  const ofLab = references.get(lab) ?? new Map<string, Promise<SampleSet>>();
  references.set(lab, ofLab);
  const known = ofLab.get(recording) ?? makeReference(lab, recording);
  ofLab.set(recording, known);
  return known;
}

async function makeReference(lab: Lab, recording: keyof Recordings): Promise<SampleSet> {
  const partner = await lab.partner();
  await upload(lab, partner, 'reference', lab.recordings[recording]);
  await settled(partner, 'reference');
  return sampleSet(partner, 'reference');
}
