import type { Instant } from '@alo/contracts';
import type { CivilDay } from '../calendar/calendar.ts';

/** Where a subscriber stands on the ladder; ranks are indexes into it. */
export type TierState = {
  /** Reached by spend, taken back by reviews. */
  readonly computed: number;
  /** When the computed tier was reached, by spend or by being taken back to it. */
  readonly reachedAt: Instant;
  /** Failed reviews in a row. */
  readonly failures: number;
  /** The computed tier or a valid list's floor, whichever is higher: as last said. */
  readonly effective: number;
  /** The civil day of the last review that looked at the subscriber: none looks twice. */
  readonly reviewedOn?: CivilDay;
  /** The warnings given of reviews to come: review's civil day and lead. */
  readonly warned?: readonly (readonly [CivilDay, string])[];
};

/** Of whom nothing was ever said. */
export const atBase: TierState = { computed: 0, reachedAt: 0, failures: 0, effective: 0 };
