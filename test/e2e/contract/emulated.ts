import type { Behaviour, Rule } from '../../../apps/runpod-emulator/src/behaviours/behaviour.js';
import type { TestPartner } from '../../support/shared-stack.js';
import type { StackAddress } from '../../support/stack.js';

/** Tells the emulator how the embeddings of a partner's voices, or of one voice, go from now on. */
export async function behave(
  stack: StackAddress,
  match: { readonly partner: string; readonly voice?: string },
  ...behaviours: readonly Behaviour[]
): Promise<void> {
  const rules: Rule[] = behaviours.map((behaviour) => ({ match, behaviour }));
  await ask(stack, 'PUT', '', rules);
}

/** Lets go of what {@link behave} said for exactly this match. */
export async function behaveAgain(
  stack: StackAddress,
  match: { readonly partner: string; readonly voice?: string },
): Promise<void> {
  await ask(stack, 'DELETE', `?${new URLSearchParams(match).toString()}`);
}

/** Embeddings without an engine: for tests that are not about sound. */
export function embedInstantly(stack: StackAddress, partner: Pick<TestPartner, 'name'>): Promise<void> {
  return behave(stack, { partner: partner.name }, { kind: 'instant', afterMs: 0 });
}

async function ask(stack: StackAddress, method: string, query: string, body?: unknown): Promise<void> {
  const response = await fetch(`${stack.emulatorUrl}/emulator/behaviours${query}`, {
    method,
    headers: { Authorization: `Bearer ${stack.emulatorKey}`, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`emulator: ${response.status} ${await response.text()}`);
}
