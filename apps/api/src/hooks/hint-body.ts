/** RunPod sends back the whole input of a job, whose limit is 10 MB (its docs); beyond this a hint is not read. */
export const maxHintBytes = 16 * 1024 ** 2;

/**
 * The RunPod job a webhook is about.
 *
 * @returns null for a body that does not say: the hint is then worth nothing, and polling finds out
 */
export function runpodJobIdIn(body: string): string | null {
  const value = parse(body);
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : null;
  return typeof id === 'string' && /^[\x21-\x7e]{1,128}$/.test(id) ? id : null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
