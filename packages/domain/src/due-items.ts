import type { Instant } from '@alo/contracts';
import type { ActivePolicy, DueKind, RetentionRule } from './active-policy.ts';
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
  readonly nextAfter: (state: State, policy: ActivePolicy, after: Instant) => Instant | undefined;
  /** Does it fall due for the subscriber at exactly this instant? */
  readonly isAt: (state: State, policy: ActivePolicy, at: Instant) => boolean;
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
    kind: 'retention',
    nextAfter: (state, { retention }, after) =>
      retention.reduce<Instant | undefined>(
        (next, rule) => (isKeptFrom(state, rule) ? earlier(next, rule.schedule.after(after).at) : next),
        undefined,
      ),
    isAt: (state, { retention }, at) =>
      retention.some((rule) => isKeptFrom(state, rule) && occurrenceAt(rule.schedule, at) !== undefined),
  },
];

/** Is the subscriber high enough for this rule to look at? */
const isKeptFrom = (state: State, { minRank }: RetentionRule) => (state.tier?.effective ?? 0) >= minRank;

const earlier = (a: Instant | undefined, b: Instant | undefined): Instant | undefined =>
  a === undefined || (b !== undefined && b < a) ? b : a;

/** The next instant at which something falls due for a subscriber, or none: what was past or is now is not due. */
export const nextDue = (state: State, policy: ActivePolicy, after: Instant): Instant | undefined => {
  if (state.phase !== 'open') return undefined;
  let next: Instant | undefined;
  for (const item of dueItems) next = earlier(next, item.nextAfter(state, policy, after));
  return next;
};

/** Does something of this item fall due for a subscriber at exactly this instant? */
export const isDueAt = (item: DueItem, state: State, policy: ActivePolicy, at: Instant): boolean =>
  state.phase === 'open' && item.isAt(state, policy, at);
