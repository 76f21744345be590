import type { Instant } from '@alo/contracts';
import type { ActivePolicy, ReviewRule, Rung } from '../active-policy.ts';
import type { CivilDay } from '../calendar/calendar.ts';
import { daysCovered, windowValue } from '../spend/windows.ts';
import type { State } from '../state.ts';
import type { TierState } from './tier-state.ts';

/** What a review finds: the window's value, what was needed, and the tier it leads to. */
export type Finding = {
  readonly value: number;
  readonly retainAt: number;
  readonly failed: boolean;
  readonly failures: number;
  /** The rank after the review: lower where the failures in a row have reached their number. */
  readonly rank: number;
};

/**
 * What the review of a civil day finds with the charges known now; undefined for whom it does not look at:
 * who is at the base, or came to the tier after the review's window had ended.
 */
export const findingOf = (
  state: State,
  tier: TierState,
  policy: ActivePolicy,
  review: ReviewRule,
  on: { readonly day: CivilDay; readonly at: Instant },
): Finding | undefined => {
  if (tier.computed === 0) return undefined;
  const windowEnd = policy.calendar.instantOf(daysCovered(review.window, on.day).to, 0);
  if (tier.reachedAt >= windowEnd || tier.reachedAt >= on.at) return undefined;
  const { retainAt } = policy.ladder[tier.computed] as Rung;
  const value = windowValue(state, review.window, on.day);
  const failed = value < retainAt;
  const failures = failed ? tier.failures + 1 : 0;
  const lost = failures >= review.failures;
  const rank = !failed || !lost ? tier.computed : rankAfter(policy, review, tier.computed, value);
  return { value, retainAt, failed, failures: rank < tier.computed ? 0 : failures, rank };
};

const rankAfter = ({ ladder }: ActivePolicy, { byValue }: ReviewRule, rank: number, value: number): number => {
  if (!byValue) return rank - 1;
  let lower = rank - 1;
  while (lower > 0 && value < (ladder[lower] as Rung).retainAt) lower -= 1;
  return lower;
};
