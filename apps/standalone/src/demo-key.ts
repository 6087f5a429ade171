import { readFileSync, writeFileSync } from 'node:fs';

/** The partner that `npm start` creates for trying Timbre out. */
export const demoPartner = 'demo';

export interface Demo {
  readonly key: string;
  /** Names of its voices. */
  readonly voices: readonly string[];
}

function keptKey(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** @returns undefined if the API does not accept the key */
async function voicesOf(address: string, key: string): Promise<readonly string[] | undefined> {
  const response = await fetch(`${address}/api/voices/${demoPartner}`, { headers: { 'X-Api-Key': key } });
  if (!response.ok) return undefined;
  return ((await response.json()) as { name: string }[]).map((voice) => voice.name);
}

async function newKey(address: string, adminKey: string): Promise<string> {
  const response = await fetch(`${address}/api/admin/partners/${demoPartner}/keys`, {
    method: 'POST',
    headers: { 'X-Api-Key': adminKey, 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'npm start' }),
  });
  if (!response.ok) throw new Error(`The demo key was not created: ${response.status} ${await response.text()}`);
  return ((await response.json()) as { key: string }).key;
}

/**
 * Returns the demo partner's key: the one that an earlier start kept in the file, or a new one if that is not valid.
 *
 * @param adminKey used to create the key by the admin route, as an operator would
 */
export async function demoKey(address: string, adminKey: string, file: string): Promise<Demo> {
  const kept = keptKey(file);
  const voices = kept && (await voicesOf(address, kept));
  if (kept && voices) return { key: kept, voices };
  const key = await newKey(address, adminKey);
  writeFileSync(file, `${key}\n`, { mode: 0o600 });
  return { key, voices: (await voicesOf(address, key)) ?? [] };
}
