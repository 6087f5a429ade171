import { malformed } from '../behaviours/malformed-output.js';
import type { VoiceEngine } from '../engine/voice-engine.js';
import type { JsonObject } from '../json-shape.js';
import { embedVersion1 } from './embed-version-1.js';
import { embedVersion2 } from './embed-version-2.js';
import { parseHandlerInput, type HandlerInput } from './handler-input.js';
import type { HandlerRun } from './handler-run.js';
import type { HandlerOutput } from './output.js';
import { putObject } from './signed-objects.js';
import { speak } from './speak.js';

/**
 * The handler (docs/gpu-contract.md). Does what the input says, in the version that it names, and uploads the output
 * last.
 *
 * May run twice, because RunPod may do so: every object is uploaded completely, to the URL of the input.
 *
 * @returns the output as it was uploaded
 * @throws ShapeError that names the first wrong field of the input; any other Error with the reason of the failure
 */
export async function handle(value: JsonObject, engine: VoiceEngine, run: HandlerRun): Promise<unknown> {
  const input = parseHandlerInput(value);
  const output = await work(input, engine, run);
  const answer = run.malformation === null ? output : malformed(output, run.malformation);
  const json = Buffer.from(JSON.stringify(answer));
  await putObject(input.outputUrl, 'application/json', json, 'The output', run.signal);
  return answer;
}

function work(input: HandlerInput, engine: VoiceEngine, run: HandlerRun): Promise<HandlerOutput> {
  if (input.action === 'speak') return speak(input, engine, run);
  return input.version === 1 ? embedVersion1(input, engine, run) : embedVersion2(input, engine, run);
}
