import { formatInstant } from '@alo/contracts';
import type { Rung } from '../active-policy.ts';
import { causeParts, type Moment, makeTrigger, type Ruling } from '../moment.ts';
import type { Standing } from '../state.ts';
import { protectingRule } from '../suspension/protection.ts';
import { arePromotionsMuted } from './promotions.ts';

/** Standing, SPEC section 8: what downstream may rely on, told on each change. It speaks last. */
export const standingRule = (moment: Moment): Ruling => {
  const { state, policy } = moment;
  const told = state.standing;
  const tier = (policy.ladder[state.tier?.effective ?? 0] as Rung).name;
  const isProtected = protectingRule(moment) !== undefined;
  const skipUntil = state.suspension?.open?.until;
  const promotionsMuted = arePromotionsMuted(moment);
  if (
    tier === (told?.tier ?? policy.ladder[0]?.name) &&
    isProtected === (told?.protected ?? false) &&
    skipUntil === told?.skipUntil &&
    promotionsMuted === (told?.promotionsMuted ?? false)
  ) {
    return undefined;
  }
  const standing: Standing = {
    tier,
    protected: isProtected,
    ...(skipUntil !== undefined && { skipUntil }),
    promotionsMuted,
  };
  const trigger = makeTrigger(moment, 'standing.changed', { rule: 'standing' }, causeParts(moment), wordsOf(standing));
  return { state: { ...state, standing }, triggers: [trigger] };
};

/** A standing as it is told. */
const wordsOf = ({ skipUntil, ...others }: Standing) => ({
  ...others,
  ...(skipUntil !== undefined && { skipUntil: formatInstant(skipUntil) }),
});

/** The last word on a subscriber who is closed or erased: no standing any more. */
export const standingEnded = (moment: Moment): Ruling => ({
  state: { ...moment.state, standing: undefined },
  triggers: [makeTrigger(moment, 'standing.changed', { rule: 'standing' }, causeParts(moment), null)],
});
