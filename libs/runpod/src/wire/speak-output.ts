import { asObject } from './json-reading.js';
import { readHead } from './output-head.js';
import { isSeconds, readDelivered, readEngine, type DeliveredObject } from './output-parts.js';
import { right, wrong, type Reading } from './reading.js';

/** The checked result of a job that speaks a text. */
export interface SpeakOutput extends DeliveredObject {
  readonly durationSeconds: number;
}

/**
 * Validates the output of `speak`, from /status or from its result object (docs/gpu-contract.md). Unknown fields are
 * ignored.
 *
 * @param raw any parsed value or JSON text
 * @returns the delivered audio, or one sentence for the client that says what was wrong
 */
export function parseSpeakOutput(
  raw: unknown,
  expectation: { readonly jobId: string; readonly ttsType: string },
): Reading<SpeakOutput> {
  const head = readHead(raw, expectation);
  if (!head.ok) return head;
  const { fields, version } = head.value;
  if (version !== 2) return wrong('a result of another version than 2');
  const engine = readEngine(fields.engine, version);
  if (!engine.ok) return engine;
  const { duration } = asObject(fields.speech) ?? {};
  const speech = readDelivered(fields.speech, 'the speech');
  if (!speech.ok) return speech;
  return isSeconds(duration)
    ? right({ ...speech.value, durationSeconds: duration })
    : wrong('a wrong duration of the speech');
}
