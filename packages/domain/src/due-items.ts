import type { Instant } from '@alo/contracts';
import type { ActivePolicy, DueKind } from './active-policy.ts';
import { nextRetention, retentionIsAt } from './care/retention.ts';
import { nextOccasion, occasionsAt } from './occasions/due-occasions.ts';
import type { State } from './state.ts';
import { graceEndsAt, nextGrace } from './suspension/grace.ts';
import { nextReminder, reminderIsAt } from './suspension/reminders.ts';
import { nextSkipExpiry, skipExpiresAt } from './suspension/skip-expiry.ts';
import { listingBoundaryAt, nextListingBoundary } from './tiers/listings.ts';
import { occurrenceAt } from './tiers/review-schedule.ts';

/** One kind of thing that falls due at an instant without an event. */
type DueItem = {
  readonly kind: DueKind;
  /** The first instant after this one at which it falls due for a subscriber. */
  readonly nextAfter: (state: State, policy: ActivePolicy, after: Instant, subscriber: string) => Instant | undefined;
  /** Does it fall due for the subscriber at exactly this instant? */
  readonly isAt: (state: State, policy: ActivePolicy, at: Instant, subscriber: string) => boolean;
};

const isReviewed = ({ tier }: State) => tier !== undefined && tier.computed > 0;

/** All kinds, in the order in which they are decided at one instant: SPEC section 2. */
export const dueItems: readonly DueItem[] = [
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
      isReviewed(state)
        ? warnings.reduce<Instant | undefined>(
            (next, { schedule }) => earlier(next, schedule.after(after).at),
            undefined,
          )
        : undefined,
    isAt: (state, { warnings }, at) =>
      isReviewed(state) && warnings.some(({ schedule }) => occurrenceAt(schedule, at) !== undefined),
  },
  { kind: 'grace', nextAfter: nextGrace, isAt: graceEndsAt },
  { kind: 'reminder', nextAfter: nextReminder, isAt: reminderIsAt },
  {
    kind: 'skip-expiry',
    nextAfter: (state, _policy, after) => nextSkipExpiry(state, after),
    isAt: (state, _policy, at) => skipExpiresAt(state, at),
  },
  {
    kind: 'occasion',
    nextAfter: nextOccasion,
    isAt: (state, policy, at, subscriber) => occasionsAt(state, policy, at, subscriber).length > 0,
  },
  { kind: 'retention', nextAfter: nextRetention, isAt: retentionIsAt },
];

const earlier = (a: Instant | undefined, b: Instant | undefined): Instant | undefined =>
  a === undefined || (b !== undefined && b < a) ? b : a;

/** The next instant at which something falls due for a subscriber, or none: what was past or is now is not due. */
export const nextDue = (
  state: State,
  policy: ActivePolicy,
  after: Instant,
  subscriber: string,
): Instant | undefined => {
  if (state.phase !== 'open') return undefined;
  let next: Instant | undefined;
  for (const item of dueItems) next = earlier(next, item.nextAfter(state, policy, after, subscriber));
  return next;
};

/** Does something of this item fall due for a subscriber at exactly this instant? */
export const isDueAt = (
  item: DueItem,
  state: State,
  policy: ActivePolicy,
  { at, subscriber }: { readonly at: Instant; readonly subscriber: string },
): boolean => state.phase === 'open' && item.isAt(state, policy, at, subscriber);
