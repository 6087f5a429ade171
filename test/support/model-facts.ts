import type { Details } from './voices.js';

/** What is known about a voice: the fields that `PATCH` changes. */
export type Facts = Pick<Details, 'language' | 'labels' | 'description' | 'creator_name' | 'creator_email'>;

/** The fields of a request. Only JSON has null, which clears. */
export type GivenFacts = Partial<Facts>;

export const noFacts: Facts = {
  language: 'en',
  labels: {},
  description: null,
  creator_name: null,
  creator_email: null,
};

/** Returns the same fields of an answer. */
export const factsOf = ({ language, labels, description, creator_name, creator_email }: Facts): Facts => ({
  language,
  labels,
  description,
  creator_name,
  creator_email,
});

/** Returns what is known after a request. Labels replace all earlier ones; the language gets its canonical case. */
export function withFacts(known: Facts, given: GivenFacts): Facts {
  const { language, ...others } = given;
  if (language === undefined) return { ...known, ...others };
  const [tag = '', region] = language.split('-');
  return { ...known, ...others, language: region === undefined ? tag : `${tag.toLowerCase()}-${region.toUpperCase()}` };
}

/** Returns the fields as a form has them. */
export const inForm = ({ labels, ...texts }: GivenFacts): Record<string, string> => ({
  ...Object.fromEntries(Object.entries(texts).filter((field): field is [string, string] => field[1] !== null)),
  ...(labels && { labels: JSON.stringify(labels) }),
});
