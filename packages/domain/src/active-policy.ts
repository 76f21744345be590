import { createHash } from 'node:crypto';
import {
  canonicalJson,
  checkPolicy,
  dayMs,
  type Policy,
  type Problem,
  parseDuration,
  parseWindow,
  percentEncode,
  type Window,
} from '@alo/contracts';
import { type Calendar, calendarOf } from './calendar/calendar.ts';
import { parseTimeOfDay } from './calendar/civil-date.ts';
import { type ReportDays, type ReportKind, reportDaysOf } from './care/quality-reports.ts';
import { makeOccasionReady, type OccasionRule } from './occasions/occasions.ts';
import { makeSuspensionReady, type SuspensionRules } from './suspension/suspension-rules.ts';
import { everyReview, type Schedule, warningsBefore } from './tiers/review-schedule.ts';

export type Rung = { readonly name: string; readonly upgradeAt: number; readonly retainAt: number };
export type Alert = { readonly id: string; readonly window: Window; readonly at: readonly number[] };
export type Warning = { readonly lead: string; readonly leadDays: number; readonly schedule: Schedule };
export type RetentionRule = {
  readonly id: string;
  readonly window: Window;
  readonly of: Window;
  readonly belowPercent: number;
  readonly minRank: number;
  readonly schedule: Schedule;
};
export type QualityRule = {
  readonly id: string;
  readonly kinds: readonly ReportKind[];
  readonly window: Extract<Window, { kind: 'last-days' }>;
  readonly atLeast: number;
  readonly minRank: number;
  readonly cooldownMs: number;
};
export type ReviewRule = {
  readonly window: Window;
  readonly byValue: boolean;
  readonly failures: number;
  readonly timeOfDayMs: number;
  readonly schedule: Schedule;
};

/** A policy made ready: names resolved to ranks, windows and durations read, its calendar at hand. */
export type ActivePolicy = {
  readonly policy: Policy;
  /** The policy as it was given, before defaults: what the hash is of, and what is kept. */
  readonly given: unknown;
  readonly name: { readonly id: string; readonly version: number; readonly hash: string };
  readonly source: string;
  readonly calendar: Calendar;
  readonly latenessMs: number;
  readonly futureToleranceMs: number;
  readonly tierWindow: Window;
  /** From the base, which is reached by 0, upwards. The index is the rank. */
  readonly ladder: readonly Rung[];
  readonly review: ReviewRule | undefined;
  readonly warnings: readonly Warning[];
  readonly alerts: readonly Alert[];
  readonly retention: readonly RetentionRule[];
  readonly quality: readonly QualityRule[];
  /** For how many days reports of each kind are kept: what its rules may ask for. */
  readonly reportDays: ReportDays;
  /** In the policy's order. */
  readonly occasions: readonly OccasionRule[];
  readonly suspension: SuspensionRules;
  readonly rankOf: (tier: string) => number | undefined;
};

/** SHA-256, in hex, over the canonical JSON of a policy as it was given. */
export const policyHash = (given: unknown): string => createHash('sha256').update(canonicalJson(given)).digest('hex');

export type Activation =
  | { readonly ok: true; readonly policy: ActivePolicy }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Checks a policy and makes it ready. */
export const activatePolicy = (given: unknown): Activation => {
  const check = checkPolicy(given);
  return check.ok ? { ok: true, policy: makeReady(given, check.policy) } : check;
};

const windowOf = (name: string): Window => parseWindow(name) as Window;

const makeReady = (given: unknown, policy: Policy): ActivePolicy => {
  const calendar = calendarOf(policy.zone);
  const ladder = policy.tiers.ladder.map(({ name, upgradeAt = 0, retainAt = 0 }) => ({ name, upgradeAt, retainAt }));
  const ranks = new Map(ladder.map(({ name }, rank) => [name, rank]));
  const quality = (policy.quality ?? []).map((rule) => makeQualityReady(rule, ranks));
  return {
    policy,
    given,
    name: { id: policy.id, version: policy.version, hash: policyHash(given) },
    source: `/alo/${percentEncode(policy.id)}`,
    calendar,
    latenessMs: parseDuration(policy.lateness),
    futureToleranceMs: parseDuration(policy.futureTolerance),
    tierWindow: windowOf(policy.tiers.window),
    ladder,
    ...makeReviewReady(policy, calendar),
    alerts: (policy.alerts ?? []).map(({ id, window, at }) => ({ id, window: windowOf(window), at })),
    retention: (policy.retention ?? []).map((rule) => makeRetentionReady(rule, calendar, ranks)),
    quality,
    reportDays: reportDaysOf(quality),
    occasions: (policy.occasions ?? []).map((occasion) => makeOccasionReady(occasion, ranks)),
    suspension: makeSuspensionReady(policy.suspension, ranks),
    rankOf: (tier) => ranks.get(tier),
  };
};

const makeReviewReady = (
  { tiers: { review, warn = [] } }: Policy,
  calendar: Calendar,
): Pick<ActivePolicy, 'review' | 'warnings'> => {
  if (!review) return { review: undefined, warnings: [] };
  const { every, day, window, downgrade, failures } = review;
  const times = { every, day, timeOfDayMs: parseTimeOfDay(review.at) };
  return {
    review: {
      window: windowOf(window),
      byValue: downgrade === 'by-value',
      failures,
      timeOfDayMs: times.timeOfDayMs,
      schedule: everyReview(calendar, times),
    },
    warnings: warn.map((lead) => {
      const leadDays = parseDuration(lead) / dayMs;
      return { lead, leadDays, schedule: warningsBefore(calendar, times, leadDays) };
    }),
  };
};

const makeRetentionReady = (
  { id, window, of, belowPercent, minTier, ...times }: NonNullable<Policy['retention']>[number],
  calendar: Calendar,
  ranks: ReadonlyMap<string, number>,
): RetentionRule => ({
  id,
  window: windowOf(window),
  of: windowOf(of),
  belowPercent,
  minRank: minTier === undefined ? 0 : (ranks.get(minTier) as number),
  schedule: everyReview(calendar, { every: times.every, day: times.day, timeOfDayMs: parseTimeOfDay(times.at) }),
});

const makeQualityReady = (
  { id, kinds, window, atLeast, minTier, cooldown }: NonNullable<Policy['quality']>[number],
  ranks: ReadonlyMap<string, number>,
): QualityRule => ({
  id,
  kinds,
  window: windowOf(window) as QualityRule['window'],
  atLeast,
  minRank: minTier === undefined ? 0 : (ranks.get(minTier) as number),
  cooldownMs: cooldown === undefined ? 0 : parseDuration(cooldown),
});

/** The rank under a new ladder of who stood at a rank of an old one: a tier that is gone maps to the next lower one. */
export const rankUnder = (policy: ActivePolicy, oldLadder: readonly string[], rank: number): number => {
  for (let old = rank; old > 0; old -= 1) {
    const found = policy.rankOf(oldLadder[old] as string);
    if (found !== undefined) return found;
  }
  return 0;
};

/** What an instant is called where a due item has no event. */
export type DueKind = 'list' | 'review' | 'warning' | 'grace' | 'reminder' | 'skip-expiry' | 'occasion' | 'retention';
