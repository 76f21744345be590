import { hash } from 'node:crypto';
import { dayMs, type Instant, type Occasion, parseDuration, parseWindow, type Window } from '@alo/contracts';
import type { Calendar, CivilDay } from '../calendar/calendar.ts';
import { civilDay, monthOf, parseDay, parseTimeOfDay, yearOf } from '../calendar/civil-date.ts';
import type { State } from '../state.ts';
import { lunarDay } from './lunar-day.ts';

export type Band = { readonly from: number; readonly value: number };

export type Audience = {
  readonly kinds: readonly string[] | undefined;
  readonly gender: string | undefined;
  readonly provinces: readonly string[] | undefined;
  readonly lists: readonly string[] | undefined;
  readonly minRank: number;
  readonly spend: { readonly window: Window; readonly atLeast: number } | undefined;
};

/** The day of an occasion in a year; undefined for whom it has none. */
type DayIn = (year: number, profile: State['profile']) => CivilDay | undefined;

/** An occasion of a policy, made ready. */
export type OccasionRule = {
  readonly id: string;
  readonly kind: Occasion['kind'];
  readonly dayIn: DayIn;
  /** Where it has a day in one year alone. */
  readonly onlyYear: number | undefined;
  readonly leadDays: number;
  readonly sendAtMs: number;
  /** What is due is moved by less than this. */
  readonly spreadMs: number;
  readonly audience: Audience;
  readonly gift: { readonly window: Window; readonly bands: readonly Band[] } | undefined;
};

/** An occasion of one subscriber: the day it is on, the year that this day counts to, and the instant it is due. */
export type Occurring = { readonly day: CivilDay; readonly year: number; readonly at: Instant };

export const makeOccasionReady = (occasion: Occasion, ranks: ReadonlyMap<string, number>): OccasionRule => {
  const { id, kind, lead, sendAt, spread, audience = {}, gift } = occasion;
  const { kinds, gender, provinces, lists, minTier, spend } = audience;
  return {
    id,
    kind,
    dayIn: dayInOf(occasion),
    onlyYear: kind === 'conference' ? Number(occasion.on.slice(0, 4)) : undefined,
    leadDays: parseDuration(lead) / dayMs,
    sendAtMs: parseTimeOfDay(sendAt),
    spreadMs: parseDuration(spread),
    audience: {
      kinds,
      gender,
      provinces,
      lists,
      minRank: minTier === undefined ? 0 : (ranks.get(minTier) as number),
      spend: spend && { window: windowOf(spend.window), atLeast: spend.atLeast },
    },
    gift: gift && { window: windowOf(gift.window), bands: gift.bands },
  };
};

const windowOf = (name: string): Window => parseWindow(name) as Window;

const dayInOf = (occasion: Occasion): DayIn => {
  switch (occasion.kind) {
    case 'birthday': {
      const { feb29 } = occasion;
      return (year, profile) => (profile?.kind === 'person' ? solarDay(year, profile.birthday, feb29) : undefined);
    }
    case 'founding-day': {
      const { feb29 } = occasion;
      return (year, profile) =>
        profile?.kind === 'organisation' ? solarDay(year, profile.foundingDay, feb29) : undefined;
    }
    case 'conference': {
      const day = parseDay(occasion.on);
      return () => day;
    }
    case 'holiday': {
      const { on, lunar = '', feb29 } = occasion;
      const [month, day] = partsOf(lunar);
      return remembered(on === undefined ? (year) => lunarDay(year, month, day) : (year) => solarDay(year, on, feb29));
    }
  }
};

const partsOf = (monthDay: string): readonly [number, number] => [
  Number(monthDay.slice(0, 2)),
  Number(monthDay.slice(3)),
];

/** `MM-DD` in a year; a 29 February that it lacks is the 28th, or 1 March where the policy says so. */
const solarDay = (year: number, monthDay: string | undefined, feb29: Occasion['feb29']): CivilDay | undefined => {
  if (monthDay === undefined) return undefined;
  const [month, day] = partsOf(monthDay);
  const found = civilDay(year, month, day);
  return feb29 === 'mar1' && monthDay === '02-29' && found === civilDay(year, 2, 28) ? found + 1 : found;
};

/** What is the same for everybody is looked up once a year: a lunar month takes a millisecond. */
const remembered = (dayIn: (year: number) => CivilDay | undefined): DayIn => {
  const days = new Map<number, CivilDay | undefined>();
  return (year) => {
    if (!days.has(year)) days.set(year, dayIn(year));
    return days.get(year);
  };
};

/**
 * By how much something due is moved, so that not all of it is due in one second: a function of what it is and whom it
 * is for, in whole seconds below the spread.
 */
export const spreadOffsetMs = ({ id, spreadMs }: OccasionRule, subscriber: string, year: number): number => {
  const spanS = Math.floor(spreadMs / 1000);
  if (spanS === 0) return 0;
  const digest = hash('sha256', `${id}/${subscriber}/${year}`, 'buffer');
  return Number(digest.readBigUInt64BE(0) % BigInt(spanS)) * 1000;
};

/** A lunar year ends in the next civil one. */
const yearsBack = 1;
/** From a day on, the next day of an occasion lies within these years: those born on 29 February have one each year. */
const yearsAhead = 2;

/** The first time after an instant, and before another, that an occasion is due for a subscriber. */
export const nextOccurring = (
  rule: OccasionRule,
  { profile }: State,
  { calendar, subscriber }: { readonly calendar: Calendar; readonly subscriber: string },
  { after, before }: { readonly after: Instant; readonly before: Instant },
): Occurring | undefined => {
  const year0 = rule.onlyYear ?? yearOf(monthOf(calendar.dayOf(after) + rule.leadDays)) - yearsBack;
  const yearMax = rule.onlyYear ?? year0 + yearsBack + yearsAhead;
  for (let year = year0; year <= yearMax; year += 1) {
    const day = rule.dayIn(year, profile);
    if (day === undefined) continue;
    const start = calendar.instantOf(day - rule.leadDays, rule.sendAtMs);
    if (start >= before) return undefined;
    if (start + rule.spreadMs < after) continue;
    const at = start + spreadOffsetMs(rule, subscriber, year);
    if (at > after) return at < before ? { day, year, at } : undefined;
  }
  return undefined;
};
