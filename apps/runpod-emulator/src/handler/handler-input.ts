import { choiceAt, ShapeError, type JsonObject } from '../json-shape.js';
import { parseEmbedInput1, parseEmbedInput2, type EmbedInput1, type EmbedInput2 } from './embed-input.js';
import { parseSpeakInput, type SpeakInput } from './speak-input.js';

export type HandlerInput = EmbedInput1 | EmbedInput2 | SpeakInput;

/**
 * Parses the input of a job, of either version.
 *
 * @throws ShapeError that names the first wrong field
 */
export function parseHandlerInput(value: JsonObject): HandlerInput {
  const { version } = value;
  if (version === 1) {
    choiceAt(value['action'], 'input.action', ['embed']);
    return parseEmbedInput1(value);
  }
  if (version !== 2) throw new ShapeError(`input.version must be 1 or 2, not ${JSON.stringify(version)}`);
  const action = choiceAt(value['action'], 'input.action', ['embed', 'speak']);
  return action === 'embed' ? parseEmbedInput2(value) : parseSpeakInput(value);
}
