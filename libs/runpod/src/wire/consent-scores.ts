import { asObject } from './json-reading.js';
import { readEach, right, wrong, type Reading } from './reading.js';

/** How much a recorded consent sounds like the samples: -1 to 1, higher is more alike. */
export interface ConsentScore {
  readonly consentId: string;
  readonly score: number;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Reads the scores of recorded consents. They are missing in the output of a handler that does not compare them, and for
 * recordings that it could not use. Which consents were sent is not checked here: some may have been revoked meanwhile.
 *
 * @param value `consent_scores` of the output
 */
export function readConsentScores(value: unknown): Reading<readonly ConsentScore[]> {
  if (value === undefined) return right([]);
  const known = new Set<string>();
  return readEach(value, 'consent scores', (item) => {
    const { id, score } = asObject(item) ?? {};
    if (typeof id !== 'string' || !uuid.test(id)) return wrong('a consent score without the id of a consent');
    if (known.has(id)) return wrong('two scores for a consent');
    known.add(id);
    // JSON has no NaN, but 1e999 parses to Infinity, which the comparison rejects.
    if (typeof score !== 'number' || !(Math.abs(score) <= 1)) {
      return wrong('a score for a consent that is no number from -1 to 1');
    }
    return right({ consentId: id, score });
  });
}
