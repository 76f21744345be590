import { causeParts, type Moment, makeTrigger, type Ruling } from '../moment.ts';

/** Promotions are muted for who stands high enough, and for who did not consent to them. */
export const arePromotionsMuted = ({ policy, state }: Moment): boolean => {
  const promotions = policy.policy.promotions;
  if (!promotions) return false;
  const consents = state.profile?.consent?.promotions ?? policy.policy.consent === 'opt-out';
  const muteFrom = promotions.muteFrom === undefined ? undefined : policy.rankOf(promotions.muteFrom);
  return !consents || (muteFrom !== undefined && (state.tier?.effective ?? 0) >= muteFrom);
};

/** Promotions, SPEC section 7: muted and unmuted alternate. */
export const promotionRule = (moment: Moment): Ruling => {
  const muted = arePromotionsMuted(moment);
  if (muted === (moment.state.standing?.promotionsMuted ?? false)) return undefined;
  const name = muted ? 'promotions.muted' : 'promotions.unmuted';
  return { triggers: [makeTrigger(moment, name, { rule: 'promotions' }, causeParts(moment), {})] };
};
