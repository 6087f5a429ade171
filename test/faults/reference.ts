import { settled } from '../support/voices.js';
import { sampleSet, type SampleSet } from './checks.js';
import type { Lab } from './lab.js';
import { upload } from './uploads.js';

const references = new WeakMap<Lab, Promise<SampleSet>>();

/** What the minute of speech becomes when nothing goes wrong; made once in each lab. */
export function reference(lab: Lab): Promise<SampleSet> {
  const known = references.get(lab) ?? makeReference(lab);
  references.set(lab, known);
  return known;
}

async function makeReference(lab: Lab): Promise<SampleSet> {
  const partner = await lab.partner();
  await upload(lab, partner, 'reference');
  await settled(partner, 'reference');
  return sampleSet(partner, 'reference');
}
