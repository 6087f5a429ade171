import type { Stretch } from '../cutting/cut-plan.js';

/** A stretch of the recording that becomes a sample. */
export interface PlannedWindow extends Stretch {
  /** True if the plan had to start or end the window where somebody speaks. Always false in `fixed` mode. */
  readonly isCutInWord: boolean;
}
