import type { Policy } from '@alo/contracts';
import { allOf, counted, fromTier, type Money } from './words.ts';

type Suspension = NonNullable<Policy['suspension']>;

/** Who is suspended when it is asked for, who is not, and who is told of a bill. */
export const explainSuspension = ({ suspension }: Policy, money: Money): string[] => {
  if (!suspension) return [];
  const { never = [], protect = [] } = suspension;
  return [
    ...(never.length === 0 ? [] : [`A suspension for ${allOf(never, 'or')} always goes ahead.`]),
    ...protect.map((rule) => protectInWords(rule, money)),
    'Everybody else is suspended when it is asked for.',
    ...graceInWords(suspension),
    ...remindersInWords(suspension),
  ];
};

const protectInWords = (rule: NonNullable<Suspension['protect']>[number], money: Money): string => {
  const { list, minTier, maxConsecutiveSkips } = rule;
  const who = allOf([
    ...(list === undefined ? [] : [`is on the list ${list}`]),
    ...(minTier === undefined ? [] : [`is ${minTier} or above`]),
  ]);
  if (maxConsecutiveSkips === 0) return `Who ${who} is not suspended as long as nothing is overdue.`;
  const limits = limitsInWords(rule, money);
  if (limits.length === 0) return `Who ${who} is not suspended, whatever is owed.`;
  return `Who ${who} is not suspended: ${allOf(limits)}. A time when nothing is owed does not count.`;
};

const limitsInWords = (
  { maxConsecutiveSkips, debtCap, skipDays }: NonNullable<Suspension['protect']>[number],
  money: Money,
): string[] => [
  ...(maxConsecutiveSkips === undefined ? [] : [`at most ${counted(maxConsecutiveSkips, 'time')} in a row`]),
  ...(debtCap?.absolute === undefined ? [] : [`with at most ${money(debtCap.absolute)} of debt`]),
  ...(debtCap?.percentOfAverage === undefined
    ? []
    : [`with at most ${debtCap.percentOfAverage} % of a month's spend of debt, on average of three`]),
  ...(skipDays === undefined ? [] : [`for ${counted(skipDays, 'day')} each time`]),
];

const graceInWords = ({ grace = [] }: Suspension): string[] =>
  grace.map(
    ({ minTier, days }) => `${fromTier(minTier)} have ${counted(days, 'day')} more to pay, after a bill's due date.`,
  );

const remindersInWords = ({ remind = [], remindAt, remindMinTier }: Suspension): string[] => {
  if (remind.length === 0) return [];
  const times = remind.map((offset) => {
    const days = Math.abs(Number(/\d+/.exec(offset)?.[0])) * (offset.includes('W') ? 7 : 1);
    if (days === 0) return 'on the due date';
    return `${counted(days, 'day')} ${offset.startsWith('-') ? 'before' : 'after'} it`;
  });
  return [`Of a bill that is not paid, ${fromTier(remindMinTier)} are reminded ${allOf(times)}, at ${remindAt}.`];
};
