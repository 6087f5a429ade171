/** The languages of contract version 2 (docs/gpu-contract.md). */
export const languages = ['en', 'fr', 'de', 'es', 'it', 'pt', 'nl'] as const;
export type Language = (typeof languages)[number];
