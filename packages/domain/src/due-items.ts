import type { Instant } from '@alo/contracts';
import type { ActivePolicy, DueKind } from './active-policy.ts';
import type { State } from './state.ts';
import { listingBoundaryAt, nextListingBoundary } from './tiers/listings.ts';
import { occurrenceAt } from './tiers/review-schedule.ts';

/** One kind of thing that falls due at an instant without an event. */
type DueItem = {
  readonly kind: DueKind;
  /** The first instant after this one at which it falls due for a subscriber. */
  readonly nextAfter: (state: State, policy: ActivePolicy, after: Instant) => Instant | undefined;
  /** Does it fall due for the subscriber at exactly this instant? */
  readonly isAt: (state: State, policy: ActivePolicy, at: Instant) => boolean;
};

const isReviewed = ({ tier }: State) => tier !== undefined && tier.computed > 0;

/** All kinds, in the order in which they are decided at one instant: SPEC section 2. */
const dueItems: readonly DueItem[] = [
  {
    kind: 'list',
    nextAfter: (state, _policy, after) => nextListingBoundary(state, after),
    isAt: (state, _policy, at) => listingBoundaryAt(state, at),
  },
  {
    kind: 'review',
    nextAfter: (state, { review }, after) => (isReviewed(state) ? review?.schedule.after(after).at : undefined),
    isAt: (state, { review }, at) =>
      isReviewed(state) && review !== undefined && occurrenceAt(review.schedule, at) !== undefined,
  },
  {
    kind: 'warning',
    nextAfter: (state, { warnings }, after) =>
      isReviewed(state) ? earliest(warnings.map(({ schedule }) => schedule.after(after).at)) : undefined,
    isAt: (state, { warnings }, at) =>
      isReviewed(state) && warnings.some(({ schedule }) => occurrenceAt(schedule, at) !== undefined),
  },
];

const earliest = (instants: readonly (Instant | undefined)[]): Instant | undefined =>
  instants.reduce<Instant | undefined>(
    (first, instant) => (instant !== undefined && (first === undefined || instant < first) ? instant : first),
    undefined,
  );

/** The next instant at which something falls due for a subscriber, or none: what was past or is now is not due. */
export const nextDue = (state: State, policy: ActivePolicy, after: Instant): Instant | undefined => {
  if (state.phase !== 'open' || (state.tier === undefined && state.listings.length === 0)) return undefined;
  return earliest(dueItems.map((item) => item.nextAfter(state, policy, after)));
};

/** The kinds that fall due for a subscriber at exactly this instant, in their order. */
export const dueKinds = (state: State, policy: ActivePolicy, at: Instant): readonly DueKind[] =>
  state.phase === 'open' ? dueItems.filter((item) => item.isAt(state, policy, at)).map(({ kind }) => kind) : [];
