/** A language that voices can be made for. */
interface Language {
  readonly name: string;
  /** Spoken as test samples unless a request or TEST_SENTENCES has others. */
  readonly sentences: readonly [string, string, string];
}

/**
 * The languages of voices, by their BCP 47 code. They are those that pocket-tts speaks. The sentences are our own.
 *
 * To add a language, add it here, and its sounds in languages.medium-spec.ts. Its three sentences together must have every
 * sound of the language, so that each test sample says something about the voice. Each has 8 to 25 words and at most 140
 * characters, because pocket-tts skips words of a sentence over 50 tokens.
 */
export const languages = {
  en: {
    name: 'English',
    sentences: [
      'Just this morning, a young choir sang with joy beneath the old stone bridge.',
      "She usually thinks about her father's voice whenever a good book makes her laugh out loud.",
      'Would you pour another cup of hot tea, or is it far too early for such a short visit?',
    ],
  },
  fr: {
    name: 'French',
    sentences: [
      'Un bon vin blanc accompagne très bien le pain chaud de notre jeune boulanger.',
      'Depuis huit jours, la pluie tombe sur les feuilles rouges et dorées du grand marché.',
      'Veux-tu que je chante encore quelque chose de doux pour le roi, la reine et leurs enfants ?',
    ],
  },
  de: {
    name: 'German',
    sentences: [
      'Zwölf hübsche Pferde laufen heute früh ganz ruhig durch die große, weite Heide.',
      'Ich möchte noch ein schönes Lied singen, bevor der Mond über den alten Bäumen steht.',
      'Deutsch klingt anders, wenn ein junger Mensch aus München abends seine Geschichte erzählt.',
    ],
  },
  es: {
    name: 'Spanish',
    sentences: [
      'El niño corrió hacia la calle con su perro y una guitarra muy vieja.',
      'Mi hermana mayor dice que el jueves hará mucho viento, pero nada de frío.',
      '¿Quién puede cantar bajo la lluvia de agosto y reír con una voz tan dulce?',
    ],
  },
  it: {
    name: 'Italian',
    sentences: [
      'La famiglia di Giulia cucina il pesce con gli gnocchi e una buona salsa di zucca.',
      'Ogni mezzogiorno il vecchio orologio della piazza suona più forte di quello della chiesa.',
      'Perché non scegli una canzone allegra, così la cantiamo tutti insieme sotto il cielo azzurro?',
    ],
  },
  pt: {
    name: 'Portuguese',
    sentences: [
      'Amanhã cedo, minha mãe e meu irmão vão comprar pão quente, queijo e dois limões.',
      'O velho pescador trouxe um livro cheio de histórias sobre o mar, a chuva e o longo inverno.',
      'Quando o sol se põe atrás da casa, ninguém fala, e só a gente ouve o rio correr.',
    ],
  },
  nl: {
    name: 'Dutch',
    sentences: [
      'Vandaag schijnt de zon al vroeg boven het groene huis aan de rivier.',
      'Mijn jongste zus zingt graag een leuk lied voor onze oude buurman.',
      'Geef me nog een kopje thee met suiker, dan vertel ik je wat er gisteravond gebeurde.',
    ],
  },
} as const satisfies Readonly<Record<string, Language>>;

/** The code of a supported language, without region. */
export type LanguageCode = keyof typeof languages;

/** The language of voices that are created without one. */
export const defaultLanguage: LanguageCode = 'en';

export const languageCodes = Object.keys(languages) as readonly LanguageCode[];

/** The longest accepted tag. RFC 5646 §4.4.1 asks for room for 35 characters. */
export const longestLanguageTag = 35;

/**
 * Returns a BCP 47 tag in its canonical form (`FR-ca` becomes `fr-CA`), or null if it is malformed or its language is not
 * supported.
 */
export function canonicalLanguage(tag: string): string | null {
  if (tag.length > longestLanguageTag) return null;
  try {
    const { language, baseName } = new Intl.Locale(tag);
    return isLanguageCode(language) ? baseName : null;
  } catch {
    return null;
  }
}

/**
 * Returns the language of a canonical tag without region, which is what engines know.
 *
 * @throws Error if the language is not supported: `canonicalLanguage` was not used
 */
export function languageCodeOf(tag: string): LanguageCode {
  const { language } = new Intl.Locale(tag);
  if (!isLanguageCode(language)) throw new Error(`There is no language ${tag}`);
  return language;
}

const isLanguageCode = (code: string): code is LanguageCode => Object.hasOwn(languages, code);
