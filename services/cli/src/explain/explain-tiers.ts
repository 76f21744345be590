import type { Policy, Review } from '@alo/contracts';
import { allOf, durationInWords, type Money, shareInWords, windowInWords } from './words.ts';

const months = {
  month: 'every month',
  quarter: 'January, April, July and October',
  'half-year': 'January and July',
  year: 'January',
} as const;

/** Who reaches a tier, who loses it, and who is warned. */
export const explainTiers = ({ tiers: { window, ladder, review, warn = [] } }: Policy, money: Money): string[] => {
  const [base, ...higher] = ladder;
  const reached = higher.map(
    ({ name, upgradeAt = 0 }) =>
      `Who has spent ${money(upgradeAt)} or more ${inWindow(window)} becomes ${name}, at that moment.`,
  );
  return [`Everybody begins as ${base?.name}.`, ...reached, ...lost(higher, review, money), ...warned(review, warn)];
};

const inWindow = (name: string): string => {
  const words = windowInWords(name);
  return words.startsWith('a month,') ? words : `in ${words}`;
};

const lost = (higher: Policy['tiers']['ladder'], review: Review | undefined, money: Money): string[] => {
  if (!review) return ['Nobody ever loses a tier.'];
  const { day, every, at, window, failures, downgrade } = review;
  const kept = higher.map(({ name, retainAt = 0 }) => `${name} takes ${money(retainAt)}`);
  const how = downgrade === 'by-value' ? 'to the highest tier below whose line is reached' : 'one tier down';
  return [
    `On day ${day} of ${months[every]}, at ${at}, it is looked who still spends enough ${inWindow(window)}: ` +
      `to keep ${allOf(kept)}.`,
    `Who falls short ${failures === 1 ? '' : `${failures} times in a row `}goes ${how}. Nobody goes down at any other time.`,
  ];
};

const warned = (review: Review | undefined, warn: readonly string[]): string[] =>
  review === undefined || warn.length === 0
    ? []
    : [
        `${allOf(warn.map(durationInWords))} before, at ${review.at}, whoever would then go down is told of, with the ` +
          'amount that is missing.',
      ];

const giftsOf = {
  hold: 'Gifts for them are held until somebody releases them.',
  none: 'They get no gifts and no cards.',
};

/** What being on a list means, and who comes onto it. */
export const explainLists = ({ lists = {} }: Policy): string[] =>
  Object.entries(lists).flatMap(([name, { floor, gifts, ranked }]) => [
    floor === undefined
      ? `There is a list, ${name}.`
      : `Who is on the list ${name} counts as ${floor} at least, whatever they spend.`,
    ...(gifts ? [giftsOf[gifts]] : []),
    ...(ranked
      ? [rankedInWords(name, ranked)]
      : [`Who is put on ${name} is asked for by one person and approved by another.`]),
  ]);

type Ranked = NonNullable<NonNullable<Policy['lists']>[string]['ranked']>;

const rankedInWords = (name: string, { topPpm, leavePpm, window }: Ranked): string =>
  `Onto ${name} come, when a month is over and somebody runs the ranking, the ${shareInWords(topPpm)} who spent most ` +
  `${inWindow(window)}, of those who spent anything; who falls out of the first ${shareInWords(leavePpm)} leaves it.`;
