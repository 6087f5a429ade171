import { createContext, use, useMemo, useState, type ReactNode } from 'react';
import type { Schema } from '#libs/client';

/** What the sections of a voice's page share. */
export interface Stage {
  /** Index of the sample that was chosen last, in the list or on the waveform. */
  readonly chosen: number | undefined;
  readonly choose: (index: number | undefined) => void;
  /** The samples that a split would make, while the split editor is open. */
  readonly planned: readonly Schema<'PlannedSample'>[] | undefined;
  readonly plan: (samples: readonly Schema<'PlannedSample'>[] | undefined) => void;
}

const StageContext = createContext<Stage | undefined>(undefined);

export function StageProvider({ children }: { children: ReactNode }) {
  const [chosen, choose] = useState<number>();
  const [planned, plan] = useState<readonly Schema<'PlannedSample'>[]>();
  const stage = useMemo(() => ({ chosen, choose, planned, plan }), [chosen, planned]);
  return <StageContext value={stage}>{children}</StageContext>;
}

export function useStage(): Stage {
  const stage = use(StageContext);
  if (!stage) throw new Error('There is no voice here');
  return stage;
}
