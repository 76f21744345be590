import type { Occasion, Policy } from '@alo/contracts';
import type { Advice, LintRule } from './advice.ts';
import { monthsOf } from './span.ts';

/**
 * A band below what the audience's tier takes to be kept. A band from 0 says that everybody in the audience has a gift,
 * officials too, and is meant. Windows of different length are compared by the month.
 */
export const lowBand: LintRule = (policy) =>
  (policy.occasions ?? []).flatMap((occasion, at) => lowBandsOf(policy, occasion, at));

const lowBandsOf = ({ tiers }: Policy, { id, audience, gift }: Occasion, at: number): Advice[] => {
  const tier = tiers.ladder.find(({ name }) => name === audience?.minTier);
  if (!gift || !tier?.retainAt) return [];
  const kept = (tier.retainAt * monthsOf(gift.window)) / monthsOf(tiers.review?.window ?? tiers.window);
  return gift.bands.flatMap(({ from }, band): Advice[] => {
    if (from === 0 || from >= kept) return [];
    const message =
      `${id} is for ${tier.name} and above, which is kept from ${Math.floor(kept)} in ${gift.window} on: a band from ` +
      `${from} is for who is about to lose the tier, and not for officials who spend nothing. Begin it at the tier's ` +
      'line, or at 0 if everybody in the audience is to have it';
    return [{ rule: 'low-band', path: `occasions[${at}].gift.bands[${band}].from`, message }];
  });
};
