import type { components } from './openapi.js';

export type { components, paths } from './openapi.js';

/** A schema of openapi.json, for example `Schema<'VoiceDetails'>`. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];
