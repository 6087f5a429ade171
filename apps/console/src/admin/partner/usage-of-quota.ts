/** How much of a quota is used. */
export interface UsageOfQuota {
  /** Of the bar, from 0 to 1; undefined without a limit. */
  readonly share: number | undefined;
  /** In whole per cent. More than 100 after a quota was lowered; undefined without a limit, and for a limit of 0. */
  readonly percent: number | undefined;
  /** `full` refuses everything that would add more. */
  readonly state: 'unlimited' | 'ample' | 'scarce' | 'full';
}

/** From this share on, people should know that the quota will soon be used up. */
const scarceFrom = 0.8;

/** @param limit null if there is none */
export function usageOfQuota(used: number, limit: number | null): UsageOfQuota {
  if (limit === null) return { share: undefined, percent: undefined, state: 'unlimited' };
  if (limit === 0) return { share: 1, percent: undefined, state: 'full' };
  const share = used / limit;
  const state = share >= scarceFrom ? 'scarce' : 'ample';
  return { share: Math.min(1, share), percent: percentOf(share), state: used >= limit ? 'full' : state };
}

/** Rounds a share to whole per cent. Only nothing is 0, and nothing less than all is 100. */
function percentOf(share: number): number {
  if (share <= 0) return 0;
  return share >= 1 ? Math.floor(share * 100) : Math.min(99, Math.max(1, Math.round(share * 100)));
}
