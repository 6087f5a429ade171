/** The languages that Timbre makes voices for (docs/api.md), without regions. */
export const voiceLanguages: readonly string[] = ['en', 'fr', 'de', 'es', 'it', 'pt', 'nl'];

/** Returns the languages to choose from: all of Timbre's, and the present one if it has a region. */
export const languageChoices = (present: string): readonly string[] =>
  voiceLanguages.includes(present) ? voiceLanguages : [present, ...voiceLanguages];
