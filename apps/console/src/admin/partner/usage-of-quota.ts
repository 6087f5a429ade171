/** How much of a quota is used. */
export interface UsageOfQuota {
  /** From 0 to 1; undefined without a limit. */
  readonly share: number | undefined;
  /** `full` refuses everything that would add more. */
  readonly state: 'unlimited' | 'ample' | 'scarce' | 'full';
}

/** From this share on, people should know that the quota will soon be used up. */
const scarceFrom = 0.8;

/** @param limit null if there is none */
export function usageOfQuota(used: number, limit: number | null): UsageOfQuota {
  if (limit === null) return { share: undefined, state: 'unlimited' };
  if (used >= limit) return { share: 1, state: 'full' };
  const share = used / limit;
  return { share, state: share >= scarceFrom ? 'scarce' : 'ample' };
}

/** Returns a share in whole per cent. Only a full quota is 100, and only nothing is 0. */
export function percentOf(share: number): number {
  if (share <= 0) return 0;
  return share >= 1 ? 100 : Math.min(99, Math.max(1, Math.round(share * 100)));
}
