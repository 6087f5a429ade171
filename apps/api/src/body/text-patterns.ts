// The rules of texts as regular expressions (ECMA-262, as JSON Schema has them) for openapi.json. The server checks texts
// by `isLine` and `parseVoiceName`; text-patterns.spec.ts compares both. Classes of Unicode (`\p{…}`) are spelled out,
// because the engines of other languages do not have them.

/** Control characters, and those that change the direction of the text around them: \p{Cc} and \p{Bidi_Control}. */
const unprintable = '\\x00-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069';

/** Printable text on one line. */
export const linePattern = `^[^${unprintable}]*$`;

/** Printable text on any number of lines. */
export const textPattern = `^(?:[^${unprintable}]|[\\t\\n\\r])*$`;

const anywhere = `[^${unprintable}/\\\\]`;
const atEnds = `[^${unprintable}/\\\\\\s]`;
/** Does not start with a dot, or is neither `.` nor `..`. */
const name = `(?:[^${unprintable}/\\\\\\s.](?:${anywhere}*${atEnds})?|\\.(?:[^${unprintable}/\\\\\\s.]|${anywhere}+${atEnds}))`;

/** The name of a voice, as answers and URLs have it. */
export const voiceNamePattern = `^${name}$`;

/** The name of a voice, as bodies have it: white space around it is removed. */
export const typedVoiceNamePattern = `^\\s*${name}\\s*$`;
