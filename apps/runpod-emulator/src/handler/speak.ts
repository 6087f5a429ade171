import { isLeftOut } from '../behaviours/malformed-output.js';
import { embeddedPitchHz } from '../engine/embedding-file.js';
import type { VoiceEngine } from '../engine/voice-engine.js';
import { startStage, type HandlerRun } from './handler-run.js';
import { engineOf, type SpeakOutput } from './output.js';
import { getObject, putObject, WrongBytesError } from './signed-objects.js';
import type { SpeakInput } from './speak-input.js';
import { StageClock } from './stage-clock.js';
import { durationOf, uploaded } from './stages.js';

/** `speak` of contract version 2: speaks one sentence with an embedding. This engine ignores the seed: it never varies. */
export async function speak(input: SpeakInput, engine: VoiceEngine, run: HandlerRun): Promise<SpeakOutput> {
  const clock = new StageClock();
  const count = await startStage(run, 'testing', 1);
  const audio = await clock.measure('testing', async () => {
    const { url, sha256, bytes } = input.embedding;
    const embedding = await getObject(url, sha256, 'The embedding', run.signal);
    if (embedding.length !== bytes) throw new WrongBytesError('The embedding has another size than the input says');
    const pitchHz = embeddedPitchHz(embedding, { engine: engine.name.name, model: engine.model.model });
    return engine.speak(input.text, pitchHz, input.language);
  });
  if (!isLeftOut(run.malformation, 'speech')) {
    await putObject(input.speechUrl, 'audio/ogg', audio, 'The speech', run.signal);
  }
  count();
  return {
    version: 2,
    job: input.job,
    tts_type: input.ttsType,
    engine: engineOf(engine),
    speech: { duration: durationOf(audio), ...uploaded(audio) },
    measures: { device: 'cpu', seconds: clock.seconds() },
  };
}
