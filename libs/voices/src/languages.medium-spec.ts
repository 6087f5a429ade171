import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { canonicalLanguage, languageCodeOf, languageCodes, languages, type LanguageCode } from './languages.js';

/** The used part of @echogarden/espeak-ng-emscripten, which has no types of its own. */
interface Espeak {
  readonly default: () => Promise<{ readonly eSpeakNGWorker: new () => Phonemizer }>;
}

interface Phonemizer {
  /** @returns 0 if there is such a voice */
  set_voice(name: string): number;
  /** IPA, with `_` between the sounds of a word. */
  synthesize_ipa(text: string): { readonly ipa: string };
}

/** The voices of eSpeak NG for each language. Sounds are looked for in what all of them say together. */
const voices: Readonly<Record<LanguageCode, readonly string[]>> = {
  en: ['en', 'en-us'],
  fr: ['fr'],
  de: ['de'],
  es: ['es'],
  it: ['it'],
  pt: ['pt', 'pt-br'],
  nl: ['nl'],
};

/**
 * The sounds of each language, in the IPA of eSpeak NG: the consonants and vowels of its standard pronunciation, without
 * those that occur in loan words only. Sounds between `/` are pronunciations of the same one. `+` joins sounds that eSpeak
 * NG writes apart.
 */
const sounds: Readonly<Record<LanguageCode, string>> = {
  en: `p b t d k ɡ tʃ dʒ f v θ ð s z ʃ ʒ h m n ŋ l ɹ j w
       iː ɪ ɛ æ/a ɑː ɒ/ɑː ʌ ɔː ʊ uː ɜː ə/ɐ eɪ aɪɚ/aɪə ɔɪ aʊ oʊ/əʊ`,
  fr: `p b t d k ɡ f v s z ʃ ʒ m n ɲ l ʁ j w y+i
       i e ɛ a y ø œ u o ɔ ə œ̃ ɑ̃ ɛ̃ ɔ̃ œ+j j+ɛ̃ w+a`,
  de: `p b t d k ɡ pf ts ʃ f v s z ç x h m n ŋ l r j t+ʃ
       iː ɪ yː ʏ eː ɛ ɛː øː œ a ɑː oː ɔ uː ʊ ə ɜ aɪ aʊ ɔø`,
  es: `p b/β t d/ð k ɡ/ɣ tʃ f θ s x m n ɲ l ʎ ʝ ɾ r a e i o u j+e w+e j+a`,
  it: `p b t d k ɡ ts tsː dz dzː tʃ dʒ f v s z ʃ m n ɲ l ʎ r j w a e ɛ i o ɔ u kː tː l+l ɲ+ɲ`,
  pt: `p b t d k ɡ f v s z ʃ ʒ m n ɲ l ʎ ɾ/ɹ/r ʁ/x a ɐ e ɛ i o ɔ u ɐ̃ eɪ+ŋ iː/i+ŋ õ ũ ɐ̃ʊ̃ õ+j ɐ̃+j eɪ oɪ o+w`,
  nl: `p b t d k f v s z x ɣ h m n ŋ l r j ʋ s+x ɪ i y ɵ eː ɛ øː aː ɑ oː ɔ u ə ɛɪ œy ʌʊ`,
};

const sentencesOf = (code: LanguageCode): readonly string[] => languages[code].sentences;

let phonemizer: Phonemizer;

beforeAll(async () => {
  const entry = createRequire(import.meta.url).resolve('@echogarden/espeak-ng-emscripten');
  const { eSpeakNGWorker } = await ((await import(pathToFileURL(entry).href)) as Espeak).default();
  phonemizer = new eSpeakNGWorker();
});

/** Returns the sounds of a text, each with a space on both sides. */
function spoken(text: string, voice: string): string {
  if (phonemizer.set_voice(voice) !== 0) throw new Error(`eSpeak NG has no voice ${voice}`);
  const { ipa } = phonemizer.synthesize_ipa(text);
  const plain = ipa.replaceAll(/[ˈˌ-]/g, '');
  return ` ${plain.split(/[_\s]+/).join(' ')} `.normalize('NFD');
}

function missingSounds(code: LanguageCode, sentences: readonly string[]): string[] {
  const said = voices[code].flatMap((voice) => sentences.map((sentence) => spoken(sentence, voice))).join('');
  const isSaid = (sound: string): boolean => said.includes(` ${sound.replaceAll('+', ' ')} `);
  return sounds[code]
    .normalize('NFD')
    .trim()
    .split(/\s+/)
    .filter((sound) => !sound.split('/').some(isSaid));
}

describe('languages', () => {
  it.each(languageCodes)('have sentences with every sound of the language: %s', (code) => {
    expect(missingSounds(code, sentencesOf(code))).toEqual([]);
  });

  it.each(languageCodes)('need more than one sentence for that: %s', (code) => {
    for (const sentence of sentencesOf(code)) expect(missingSounds(code, [sentence])).not.toEqual([]);
  });

  it.each(languageCodes)('have sentences of 8 to 25 words and at most 140 characters: %s', (code) => {
    for (const sentence of sentencesOf(code)) {
      const words = sentence.match(/[\p{L}'-]+/gu)?.length ?? 0;
      expect([sentence, words >= 8 && words <= 25, sentence.length <= 140]).toEqual([sentence, true, true]);
      expect(sentence.normalize('NFC')).toBe(sentence);
    }
  });
});

describe('canonicalLanguage', () => {
  it.each([
    ['fr', 'fr'],
    ['FR-ca', 'fr-CA'],
    ['eng', 'en'],
    ['pt-latn-br', 'pt-Latn-BR'],
    ['de-DE-u-co-phonebk', 'de-DE'],
  ])('returns %s as %s', (tag, canonical) => expect(canonicalLanguage(tag)).toBe(canonical));

  it.each(['', 'xx', 'ja', 'cmn', 'fr_CA', 'fr-', '-fr', 'français', 'French', 'x-fr', '__proto__', 'constructor'])(
    'returns null for %j',
    (tag) => expect(canonicalLanguage(tag)).toBeNull(),
  );

  it('returns null for a tag of more than 35 characters', () => {
    expect(canonicalLanguage(`en-${'variant1-'.repeat(4)}us`)).toBeNull();
  });
});

describe('languageCodeOf', () => {
  it('returns the language without its region', () => {
    expect(['en', 'fr-CA', 'pt-Latn-BR'].map(languageCodeOf)).toEqual(['en', 'fr', 'pt']);
  });

  it('throws for a language that is not supported', () => {
    expect(() => languageCodeOf('ja')).toThrow('There is no language ja');
  });
});
