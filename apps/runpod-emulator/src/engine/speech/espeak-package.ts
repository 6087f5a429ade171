import { pathToFileURL } from 'node:url';
import { espeakWordsPerMinute, type EspeakSetting } from './espeak-setting.js';

/** Sample rate of eSpeak NG's output. */
export const espeakSampleRate = 22050;

/** The used part of @echogarden/espeak-ng-emscripten 0.3.5, which has no types of its own. */
interface EspeakWorker {
  set_voice(name: string): number;
  set_pitch(setting: number): void;
  set_rate(wordsPerMinute: number): void;
  synthesize(text: string, onAudio: (audio: Int16Array | null) => boolean): void;
}

interface EspeakModule {
  readonly default: () => Promise<{ readonly eSpeakNGWorker: new () => EspeakWorker }>;
}

/** Runs eSpeak NG as WebAssembly in this thread. Loading takes about 0.1 s, a sentence about 20 ms. */
export class EspeakPackage {
  private constructor(private readonly worker: EspeakWorker) {}

  /** @param entryPath the resolved main file of @echogarden/espeak-ng-emscripten */
  static async load(entryPath: string): Promise<EspeakPackage> {
    const loaded = (await import(pathToFileURL(entryPath).href)) as EspeakModule;
    const { eSpeakNGWorker: Worker } = await loaded.default();
    return new EspeakPackage(new Worker());
  }

  /** @returns mono 16-bit PCM at {@link espeakSampleRate} */
  speak(text: string, { voice, pitch }: EspeakSetting): Int16Array {
    if (this.worker.set_voice(voice) !== 0) throw new Error(`eSpeak NG has no voice ${voice}`);
    this.worker.set_pitch(pitch);
    this.worker.set_rate(espeakWordsPerMinute);
    const pieces: Int16Array[] = [];
    this.worker.synthesize(text, (audio) => {
      if (audio !== null && audio.length > 0) pieces.push(audio);
      return false;
    });
    const spoken = new Int16Array(pieces.reduce((length, piece) => length + piece.length, 0));
    let offset = 0;
    for (const piece of pieces) {
      spoken.set(piece, offset);
      offset += piece.length;
    }
    return spoken;
  }
}
