import { dayMs, type Policy, parseSignedDuration } from '@alo/contracts';
import { parseTimeOfDay } from '../calendar/civil-date.ts';
import type { RequestReason } from './suspension-state.ts';

export type ProtectRule = {
  readonly list: string | undefined;
  readonly minRank: number;
  readonly skipsMax: number;
  /** Minor units; infinite where there is no cap. */
  readonly debtMax: number;
  readonly percentOfAverage: number | undefined;
  readonly skipMs: number | undefined;
};

/** A reminder so many civil days after (or, below 0, before) a due date; `offset` as the policy writes it. */
export type Reminder = { readonly offset: string; readonly days: number };

/** A policy's section `suspension`, made ready. */
export type SuspensionRules = {
  readonly never: readonly RequestReason[];
  readonly protect: readonly ProtectRule[];
  /** The days of grace for each rank. */
  readonly graceDays: readonly number[];
  readonly reminders: readonly Reminder[];
  /** Of the last reminder; below all where there is none. */
  readonly lastReminderDays: number;
  readonly remindAtMs: number;
  readonly remindMinRank: number;
};

type Section = NonNullable<Policy['suspension']>;

/** Ranks by tier, in their order: the base is 0. */
type Ranks = ReadonlyMap<string, number>;

export const makeSuspensionReady = (section: Policy['suspension'], ranks: Ranks): SuspensionRules => {
  const { never = [], protect = [], grace = [], remind = [], remindAt = '09:00', remindMinTier } = section ?? {};
  const reminders = remind.map((offset) => ({ offset, days: parseSignedDuration(offset) / dayMs }));
  return {
    never,
    protect: protect.map((rule) => makeProtectReady(rule, ranks)),
    graceDays: [...ranks.values()].map((rank) => graceDaysOf(grace, rank, ranks)),
    reminders,
    lastReminderDays: Math.max(...reminders.map(({ days }) => days)),
    remindAtMs: parseTimeOfDay(remindAt),
    remindMinRank: rankOf(remindMinTier, ranks),
  };
};

const rankOf = (tier: string | undefined, ranks: Ranks): number =>
  tier === undefined ? 0 : (ranks.get(tier) as number);

const makeProtectReady = (rule: NonNullable<Section['protect']>[number], ranks: Ranks): ProtectRule => ({
  list: rule.list,
  minRank: rankOf(rule.minTier, ranks),
  skipsMax: rule.maxConsecutiveSkips ?? Number.POSITIVE_INFINITY,
  debtMax: rule.debtCap?.absolute ?? Number.POSITIVE_INFINITY,
  percentOfAverage: rule.debtCap?.percentOfAverage,
  skipMs: rule.skipDays === undefined ? undefined : rule.skipDays * dayMs,
});

/** The days of the highest tier that fits, whatever the order in which the policy names them. */
const graceDaysOf = (grace: NonNullable<Section['grace']>, rank: number, ranks: Ranks): number => {
  const fitting = grace.filter(({ minTier }) => rankOf(minTier, ranks) <= rank);
  const highest = fitting.toSorted((a, b) => rankOf(a.minTier, ranks) - rankOf(b.minTier, ranks)).at(-1);
  return highest?.days ?? 0;
};
