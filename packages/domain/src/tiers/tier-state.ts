import type { Instant } from '@alo/contracts';

/** Where a subscriber stands on the ladder; ranks are indexes into it. */
export type TierState = {
  /** Reached by spend, taken back by reviews. */
  readonly computed: number;
  /** When the computed tier was reached, or a review last left the subscriber in it. */
  readonly reachedAt: Instant;
  /** Failed reviews in a row. */
  readonly failures: number;
  /** The computed tier or a valid list's floor, whichever is higher: as last said. */
  readonly effective: number;
};

/** Of whom nothing was ever said. */
export const atBase: TierState = { computed: 0, reachedAt: 0, failures: 0, effective: 0 };
