import { documentEntry } from './entry-names.js';
import { Mismatch } from './strict-json.js';

/** The deepest value of format 1 is `embeddings[0].run.test_samples[0].file`: its object is the seventh. */
const maxDepth = 8;

/** Twenty thousand files, with their scores and hashes, have 180,000. The rest is for gaps of a recording. */
const maxStructure = 300_000;

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Refuses JSON that is deeper than any `voice.json`, or has more objects, lists and values. JSON.parse makes of some
 * megabytes of `{},` a hundred megabytes of objects before a rule sees one of them. This looks at each byte once.
 *
 * @throws Mismatch
 */
export function refuseBombs(bytes: Buffer): void {
  let [depth, structure, isText] = [0, 0, false];
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (isText) {
      if (byte === backslash) at += 1;
      else if (byte === quote) isText = false;
      continue;
    }
    if (byte === quote) isText = true;
    const isOpening = byte === openList || byte === openObject;
    if (isOpening) depth += 1;
    if (isOpening || byte === comma) structure += 1;
    if (byte === closeList || byte === closeObject) depth -= 1;
    if (depth > maxDepth) throw new Mismatch(documentEntry, `has more than ${maxDepth} levels of lists and objects`);
    if (structure > maxStructure) throw new Mismatch(documentEntry, 'has too many values');
  }
}
