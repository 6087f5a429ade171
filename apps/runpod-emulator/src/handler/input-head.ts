import { choiceAt, objectAt, ShapeError, textAt, wholeAt, type JsonObject } from '../json-shape.js';
import { languages, type Language } from '../engine/speech/language.js';

/** The fields that every input of version 2 has. */
export interface InputHead {
  readonly version: 2;
  readonly job: string;
  readonly ttsType: string;
  readonly language: Language;
}

export function parseInputHead(value: JsonObject): InputHead {
  const voice = objectAt(value['voice'], 'input.voice');
  textAt(voice['partner'], 'input.voice.partner');
  textAt(voice['name'], 'input.voice.name');
  wholeAt(value['generation'], 'input.generation', 1);
  return {
    version: 2,
    job: textAt(value['job'], 'input.job'),
    ttsType: textAt(value['tts_type'], 'input.tts_type'),
    language: choiceAt(value['language'], 'input.language', languages),
  };
}

/** Reads a SHA-256 and returns it in lower case. */
export function sha256At(value: unknown, place: string): string {
  const sha256 = textAt(value, place).toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new ShapeError(`${place} must be 64 hex digits`);
  return sha256;
}
