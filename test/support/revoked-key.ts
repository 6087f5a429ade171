import { HttpClient } from './http.js';
import { makePartner } from './shared-stack.js';
import type { StackAddress } from './stack.js';
import { waitFor } from './wait-for.js';

/** Uses a key so that it is cached, then revokes it. @returns milliseconds until the key was refused */
export async function revokeKeyInUse(stack: Pick<StackAddress, 'baseUrl' | 'adminKey'>): Promise<number> {
  const partner = await makePartner(stack);
  const ask = async (): Promise<number> => (await partner.http.get(partner.route())).status;
  const uses = [await ask(), await ask()];
  const admin = new HttpClient(stack.baseUrl, stack.adminKey);
  const { body: keys } = await admin.get<{ id: string }[]>(`/admin/partners/${partner.name}/keys`);
  const { status } = await admin.delete(`/admin/keys/${keys[0]?.id}`);
  if (uses.join() !== '200,200' || status !== 204)
    throw new Error(`a key was used (${uses.join()}) and revoked (${status})`);
  const revokedAt = performance.now();
  await waitFor('the refusal', async () => (await ask()) === 401, { timeoutMs: 40_000, everyMs: 20 });
  return performance.now() - revokedAt;
}
