import type { Rung } from '../active-policy.ts';
import { causeParts, type Moment, makeTrigger, type Ruling } from '../moment.ts';
import type { Standing } from '../state.ts';
import { isListed } from '../tiers/listings.ts';
import { arePromotionsMuted } from './promotions.ts';

/** Standing, SPEC section 8: what downstream may rely on, told on each change. It speaks last. */
export const standingRule = (moment: Moment): Ruling => {
  const { state, policy } = moment;
  const told = state.standing;
  const tier = (policy.ladder[state.tier?.effective ?? 0] as Rung).name;
  const isProtected = isProtectedNow(moment);
  const promotionsMuted = arePromotionsMuted(moment);
  if (
    tier === (told?.tier ?? policy.ladder[0]?.name) &&
    isProtected === (told?.protected ?? false) &&
    promotionsMuted === (told?.promotionsMuted ?? false)
  ) {
    return undefined;
  }
  const standing: Standing = { tier, protected: isProtected, promotionsMuted };
  const trigger = makeTrigger(moment, 'standing.changed', { rule: 'standing' }, causeParts(moment), standing);
  return { state: { ...state, standing }, triggers: [trigger] };
};

/** Does a `protect` rule match now? Where one names both a list and a tier, both must hold. */
const isProtectedNow = ({ policy, state, at }: Moment): boolean =>
  (policy.policy.suspension?.protect ?? []).some(
    ({ list, minTier }) =>
      (list === undefined || isListed(state, list, at)) &&
      (minTier === undefined || (state.tier?.effective ?? 0) >= (policy.rankOf(minTier) as number)),
  );

/** The last word on a subscriber who is closed or erased: no standing any more. */
export const standingEnded = (moment: Moment): Ruling => ({
  state: { ...moment.state, standing: undefined },
  triggers: [makeTrigger(moment, 'standing.changed', { rule: 'standing' }, causeParts(moment), null)],
});
