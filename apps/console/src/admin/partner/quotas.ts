import type { Schema } from '#libs/client';
import { byteUnits, formatQuantity, parseQuantity, plainUnits, secondUnits, type Units } from '../quantity.js';

type Quotas = Schema<'Quotas'>;
export type QuotaName = keyof Quotas;

/** What stands in the fields of the quotas. Empty means: no limit. */
export type QuotasDraft = Readonly<Record<QuotaName, string>>;

/** In the order in which they are shown. */
export const quotaNames = ['max_voices', 'max_bytes', 'max_gpu_seconds_per_month', 'keep_originals_days'] as const;

const unitsOf: Readonly<Record<QuotaName, Units>> = {
  max_voices: plainUnits,
  max_bytes: byteUnits,
  max_gpu_seconds_per_month: secondUnits,
  keep_originals_days: plainUnits,
};

export function draftOf(quotas: Quotas): QuotasDraft {
  const written = (name: QuotaName): string => {
    const quota = quotas[name];
    return quota === null ? '' : formatQuantity(quota, unitsOf[name]);
  };
  return {
    max_voices: written('max_voices'),
    max_bytes: written('max_bytes'),
    max_gpu_seconds_per_month: written('max_gpu_seconds_per_month'),
    keep_originals_days: written('keep_originals_days'),
  };
}

export interface QuotasChange {
  /** Only what is to change. */
  readonly change: Partial<Quotas>;
  /** Fields that cannot be read. */
  readonly wrong: readonly QuotaName[];
}

/** Compares what stands in the fields with the quotas that are in force. */
export function changeOf(draft: QuotasDraft, quotas: Quotas): QuotasChange {
  const read = quotaNames.map((name) => [name, parseQuantity(draft[name], unitsOf[name])] as const);
  return {
    change: Object.fromEntries(read.filter(([name, quota]) => quota !== undefined && quota !== quotas[name])),
    wrong: read.filter(([, quota]) => quota === undefined).map(([name]) => name),
  };
}

const usedOf: Readonly<Partial<Record<QuotaName, (usage: Schema<'Usage'>) => number>>> = {
  max_voices: (usage) => usage.voices,
  max_bytes: (usage) => usage.bytes,
  max_gpu_seconds_per_month: (usage) => usage.gpu_seconds,
};

/** Returns which of the new quotas are already used up. They remove nothing, but nothing can be added. */
export function usedUpBy(change: Partial<Quotas>, usage: Schema<'Usage'>): readonly QuotaName[] {
  return quotaNames.filter((name) => {
    const limit = change[name];
    const used = usedOf[name]?.(usage);
    return typeof limit === 'number' && used !== undefined && used >= limit;
  });
}
