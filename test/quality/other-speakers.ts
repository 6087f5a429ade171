import type { AudioTools } from '#libs/audio';
import { otherSpeakers } from '#libs/embeddings';
import { sampleLikenesses } from '../../apps/runpod-emulator/src/engine/scoring/similarity.js';
import { voiceprint, type Voiceprint } from '../../apps/runpod-emulator/src/engine/scoring/voiceprint.js';
import { draw, seededRandom } from '../../apps/runpod-emulator/test/random.js';
import { decodeAll, speech } from '../support/audio-measure.js';
import { languages, type Language } from './clean-speech.js';

/** A voice: samples of its speaker, and samples that are not. */
interface MadeVoice {
  readonly name: string;
  readonly own: number;
  readonly others: number;
  /** How much another speaker says of those, at their end. */
  readonly share: number;
}

/** What was said of the samples of many voices. */
export interface SpeakerTally extends MadeVoice {
  readonly ownSamples: number;
  readonly falseAlarms: number;
  readonly otherSamples: number;
  readonly hits: number;
}

const voices: readonly MadeVoice[] = [
  { name: 'one of three samples', own: 2, others: 1, share: 1 },
  { name: 'one of five samples', own: 4, others: 1, share: 1 },
  { name: 'one of eight samples', own: 7, others: 1, share: 1 },
  { name: 'two of eight samples', own: 6, others: 2, share: 1 },
  { name: 'three of eight samples', own: 5, others: 3, share: 1 },
  { name: 'none of eight samples', own: 8, others: 0, share: 1 },
  { name: 'half of one sample of eight', own: 7, others: 1, share: 1 / 2 },
  { name: 'a quarter of one sample of eight', own: 7, others: 1, share: 1 / 4 },
];

const sampleSeconds = 8;

/** Judges voices of 8 s samples by the scores of the acoustic engine. @param draws voices of each kind */
export async function judgeSpeakers(tools: AudioTools, draws: number): Promise<readonly SpeakerTally[]> {
  const speakers = await loadSpeakers(tools);
  const prints = new Map<Float32Array, Voiceprint>();
  const hear = (piece: Float32Array): Voiceprint => {
    const print = prints.get(piece) ?? voiceprint(piece);
    prints.set(piece, print);
    return print;
  };
  return voices.map((voice) => {
    const random = seededRandom(2030);
    const found = { ownSamples: 0, falseAlarms: 0, otherSamples: 0, hits: 0 };
    for (let at = 0; at < draws; at += 1) {
      const { own, others } = drawVoice(speakers, voice, random);
      const scores = sampleLikenesses([...own, ...others].map(hear));
      const odd = otherSpeakers(
        scores.map(({ score, lowestPartScore }, index) => ({
          sampleIndex: index,
          score,
          lowestPartScore: lowestPartScore ?? undefined,
        })),
      );
      found.ownSamples += own.length;
      found.otherSamples += others.length;
      for (const index of odd.keys()) found[index < own.length ? 'falseAlarms' : 'hits'] += 1;
    }
    return { ...voice, ...found };
  });
}

interface Speaker {
  readonly language: Language;
  /** Pieces of 8 s at 16 kHz, the rate of the engine. */
  readonly pieces: readonly Float32Array[];
}

async function loadSpeakers(tools: AudioTools): Promise<readonly Speaker[]> {
  const decoded = await decodeAll(
    tools,
    languages.map((language) => [speech(language)] as const),
  );
  return languages.map((language, at) => {
    const samples = decoded[at]?.filter((_, sample) => sample % 3 === 0) ?? new Float32Array(0); // it has nothing above 8 kHz
    const length = sampleSeconds * 16_000;
    const count = Math.floor(samples.length / length);
    return {
      language,
      pieces: Array.from({ length: count }, (_, piece) => samples.subarray(piece * length, (piece + 1) * length)),
    };
  });
}

/** en and es are the same person. */
const isSamePerson = (a: Language, b: Language): boolean =>
  a === b || [a, b].every((one) => one === 'en' || one === 'es');

function drawVoice(speakers: readonly Speaker[], { own, others, share }: MadeVoice, random: () => number) {
  const [speaker] = draw(random, speakers, 1) as [Speaker];
  const strangers = speakers.filter(({ language }) => !isSamePerson(language, speaker.language));
  const pieces = draw(random, speaker.pieces, own + (share < 1 ? others : 0));
  const foreign = draw(
    random,
    strangers.flatMap((stranger) => stranger.pieces),
    others,
  );
  const mixed = foreign.map((other, at) => (share < 1 ? endingWith(other, share, pieces[own + at] ?? other) : other));
  return { own: pieces.slice(0, own), others: mixed };
}

/** Returns a piece of which another speaker says the last share. */
function endingWith(other: Float32Array, share: number, piece: Float32Array): Float32Array {
  const from = Math.round((1 - share) * piece.length);
  const mixed = Float32Array.from(piece);
  mixed.set(other.subarray(from), from);
  return mixed;
}
