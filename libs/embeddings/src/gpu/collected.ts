/** What is wrong with a delivered result. Objects that differ may be those of another run that is still at work. */
export interface DeliveryProblem {
  readonly ok: false;
  readonly problem: string;
  readonly mayPass: boolean;
}

/** A checked result whose objects were copied, or what is wrong with it. */
export type Collected =
  | {
      readonly ok: true;
      /** Makes the result visible in one transaction. @throws LostClaim */
      readonly commit: () => Promise<void>;
    }
  | DeliveryProblem;
