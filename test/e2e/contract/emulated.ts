import type { Behaviour, Rule } from '../../../apps/runpod-emulator/src/behaviours/behaviour.js';
import { Contract } from '../../support/openapi-client.js';
import { sharedStack, type TestPartner } from '../../support/shared-stack.js';
import type { StackAddress } from '../../support/stack.js';

/** Sets how the emulator treats the next embeddings of a partner's voices, or of one voice. */
export async function behave(
  stack: StackAddress,
  match: { readonly partner: string; readonly voice?: string },
  ...behaviours: readonly Behaviour[]
): Promise<void> {
  const rules: Rule[] = behaviours.map((behaviour) => ({ match, behaviour }));
  await ask(stack, 'PUT', '', rules);
}

/** Removes what {@link behave} has set for exactly this match. */
export async function behaveAgain(
  stack: StackAddress,
  match: { readonly partner: string; readonly voice?: string },
): Promise<void> {
  await ask(stack, 'DELETE', `?${new URLSearchParams(match).toString()}`);
}

/** Completes a partner's embeddings at once and without the engine, for tests that are not about sound. */
export function embedInstantly(stack: StackAddress, partner: Pick<TestPartner, 'name'>): Promise<void> {
  return behave(stack, { partner: partner.name }, { kind: 'instant', afterMs: 0 });
}

/** Creates a partner whose embeddings complete at once. */
export async function instantPartner(contract: Contract): Promise<TestPartner> {
  const partner = await contract.partner();
  await embedInstantly(contract.stack, partner);
  return partner;
}

/** Returns what most files of the contract begin with: its judge, and a partner whose embeddings complete at once. */
export async function instantContract(): Promise<{ readonly contract: Contract; readonly partner: TestPartner }> {
  const contract = new Contract(sharedStack());
  return { contract, partner: await instantPartner(contract) };
}

async function ask(stack: StackAddress, method: string, query: string, body?: unknown): Promise<void> {
  const response = await fetch(`${stack.emulatorUrl}/emulator/behaviours${query}`, {
    method,
    headers: { Authorization: `Bearer ${stack.emulatorKey}`, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`emulator: ${response.status} ${await response.text()}`);
}
