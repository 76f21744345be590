import type { Instant } from '@alo/contracts';
import type { ActivePolicy } from '../active-policy.ts';
import type { CivilDay } from '../calendar/calendar.ts';
import { windowValue } from '../spend/windows.ts';
import type { State } from '../state.ts';
import { effectiveRank, isListed } from '../tiers/listings.ts';
import type { Audience } from './occasions.ts';

/** Does the subscriber consent to gifts and cards? Where nobody was asked, the policy says what that means. */
export const consentsToGifts = ({ profile }: State, { policy }: ActivePolicy): boolean =>
  profile?.consent?.gifts ?? policy.consent === 'opt-out';

/** Is the subscriber in an audience as far as profile, tier and lists go? These change at causes alone. */
export const isAddressed = (
  { kinds, gender, provinces, lists, minRank }: Audience,
  state: State,
  policy: ActivePolicy,
  at: Instant,
): boolean => {
  const { profile } = state;
  return (
    (minRank === 0 || effectiveRank(state, policy, at) >= minRank) &&
    isAmong(kinds, profile?.kind) &&
    (gender === undefined || profile?.gender === gender) &&
    isAmong(provinces, profile?.province) &&
    (lists === undefined || lists.some((list) => isListed(state, list, at)))
  );
};

const isAmong = (wanted: readonly string[] | undefined, found: string | undefined): boolean =>
  wanted === undefined || (found !== undefined && wanted.includes(found));

export const hasSpent = ({ spend }: Audience, state: State, today: CivilDay): boolean =>
  spend === undefined || windowValue(state, spend.window, today) >= spend.atLeast;

export type Handling = 'give' | 'hold' | 'none';

/** What the lists that the subscriber is on make of gifts: none beats hold. */
export const handlingAt = (state: State, { policy }: ActivePolicy, at: Instant): Handling => {
  const marks = Object.entries(policy.lists ?? {})
    .filter(([list, { gifts }]) => gifts !== undefined && isListed(state, list, at))
    .map(([, { gifts }]) => gifts);
  return marks.includes('none') ? 'none' : marks.includes('hold') ? 'hold' : 'give';
};
