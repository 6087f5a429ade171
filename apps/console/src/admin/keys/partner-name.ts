/** The rule of the API for names of partners (openapi.json). */
const rule = /^[a-z0-9][a-z0-9_-]{0,62}$/;

/** Returns why a new partner cannot have this name. A key for a name that is taken would not create a partner. */
export function partnerNameProblem(name: string, taken: readonly string[]): 'malformed' | 'taken' | undefined {
  if (!rule.test(name)) return 'malformed';
  return taken.includes(name) ? 'taken' : undefined;
}
