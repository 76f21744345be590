import type { Policy } from '@alo/contracts';
import { allOf, durationInWords, fromTier, type Money, windowInWords } from './words.ts';

/** Faults of the network, promotions, and words about spend. */
export const explainCare = (policy: Policy, money: Money): string[] => [
  ...qualityInWords(policy),
  ...promotionsInWords(policy),
  ...alertsInWords(policy, money),
  ...retentionInWords(policy),
];

const qualityInWords = ({ quality = [] }: Policy): string[] =>
  quality.map(({ id, kinds, window, atLeast, minTier, cooldown }) => {
    const pause = cooldown === undefined ? '' : ` Then there is a pause of ${durationInWords(cooldown)}.`;
    return (
      `${id}: service recovery is due to ${fromTier(minTier)} at ${atLeast} or more of ${allOf(kinds, 'or')} in ` +
      `${windowInWords(window)}; one outage counts once.${pause}`
    );
  });

const promotionsInWords = ({ promotions, consent }: Policy): string[] => {
  if (!promotions) return [];
  const silence = consent === 'opt-in' ? 'who has not said yes to them' : 'who has said no to them';
  const tier = promotions.muteFrom === undefined ? '' : `${fromTier(promotions.muteFrom)}, and `;
  return [`Promotions are muted for ${tier}${silence}.`];
};

const alertsInWords = ({ alerts = [] }: Policy, money: Money): string[] =>
  alerts.map(
    ({ id, window, at }) => `${id}: a word when ${windowInWords(window)} comes to ${allOf(at.map(money), 'or')}.`,
  );

const retentionInWords = ({ retention = [] }: Policy): string[] =>
  retention.map(
    ({ id, day, at, window, belowPercent, of, minTier }) =>
      `${id}: on day ${day} of every month, at ${at}, a word of ${fromTier(minTier)} who spent less in ` +
      `${windowInWords(window)} than ${belowPercent} % of ${windowInWords(of).replace(/^a month, on /, 'the ')}.`,
  );
