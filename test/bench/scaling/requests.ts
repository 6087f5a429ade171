import { load } from '../requests.js';
import { seedPartner, settle } from '../seed.js';
import type { TestPartner } from '../../support/shared-stack.js';
import type { CpuUse, Site } from './site.js';

export interface RequestsMeasured {
  readonly perSecond: number;
  readonly cpu: CpuUse;
  readonly count: number;
}

/** Connections to all APIs together, each with one request at a time. */
const connections = 8;

/** A partner with a thousand voices of ten samples. The load requests one voice and the first page of the list. */
export async function partnerToAsk(site: Site): Promise<TestPartner> {
  const partner = await site.partner();
  await seedPartner(site.client, partner.name, 1000, 10);
  await settle(site.client);
  return partner;
}

export const routesToAsk = (partner: TestPartner): Readonly<Record<'details' | 'list', string>> => ({
  details: partner.route('voice 0000001'),
  list: `${partner.route()}?limit=100`,
});

/** Returns the requests per second that a number of APIs answer to clients that never pause. */
export async function measureRequests(
  site: Site,
  partner: TestPartner,
  asked: { readonly apis: number; readonly route: string; readonly count: number },
): Promise<RequestsMeasured> {
  const targets = site.cluster.baseUrls.slice(0, asked.apis);
  const headers = { 'X-Api-Key': partner.key };
  const requests = Math.ceil(asked.count / targets.length);
  const use = site.watchCpu();
  const startedAt = performance.now();
  await Promise.all(
    targets.map((url) =>
      load({ url: `${url}${asked.route}`, headers, requests, connections: connections / targets.length }),
    ),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  const cpu = use();
  await site.noteConnections();
  return { perSecond: (requests * targets.length) / seconds, cpu, count: requests * targets.length };
}
