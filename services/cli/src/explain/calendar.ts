import { type Instant, type Occasion, type Policy, parseDuration } from '@alo/contracts';
import { type ActivePolicy, type CivilDay, type CivilMonth, firstDayOf, formatDay } from '@alo/domain';
import { durationInWords, endOfSpread } from './words.ts';

/** A civil date, a time of day or a span of it, and what happens then. */
export type CalendarEntry = { readonly on: string; readonly at: string; readonly what: string };

export type Undated = { readonly occasion: string; readonly why: string };

const monthsShown = 12;

/** All that a policy does by itself on a date that is known ahead, for twelve months from the first of one. */
export const calendarFrom = (policy: ActivePolicy, month: CivilMonth): readonly CalendarEntry[] => {
  const span = { from: firstDayOf(month), to: firstDayOf(month + monthsShown) };
  return [...reviews(policy, span), ...warnings(policy, span), ...words(policy, span), ...occasions(policy, span)].sort(
    (a, b) => compare(a.on, b.on) || compare(a.at, b.at),
  );
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

type Span = { readonly from: CivilDay; readonly to: CivilDay };
type Schedule = NonNullable<ActivePolicy['review']>['schedule'];

/** What a schedule has in a span of days: the day on which it falls due, and the day that it is about. */
const within = ({ calendar }: ActivePolicy, schedule: Schedule, { from, to }: Span) => {
  const end = calendar.instantOf(to, 0);
  const found: { readonly due: CivilDay; readonly day: CivilDay }[] = [];
  let at: Instant = calendar.instantOf(from, 0) - 1;
  for (let next = schedule.after(at); next.at < end; next = schedule.after(at)) {
    found.push({ due: calendar.dayOf(next.at), day: next.day });
    at = next.at;
  }
  return found;
};

const reviews = (policy: ActivePolicy, span: Span): CalendarEntry[] => {
  const { review } = policy.policy.tiers;
  if (!policy.review || !review) return [];
  return within(policy, policy.review.schedule, span).map(({ due }) => ({
    on: formatDay(due),
    at: review.at,
    what: 'review of tiers',
  }));
};

const warnings = (policy: ActivePolicy, span: Span): CalendarEntry[] =>
  policy.warnings.flatMap(({ lead, schedule }) =>
    within(policy, schedule, span).map(({ due, day }) => ({
      on: formatDay(due),
      at: policy.policy.tiers.review?.at as string,
      what: `warning of the review of ${formatDay(day)}, ${durationInWords(lead)} ahead`,
    })),
  );

const words = (policy: ActivePolicy, span: Span): CalendarEntry[] =>
  policy.retention.flatMap(({ id, schedule }, n) =>
    within(policy, schedule, span).map(({ due }) => ({
      on: formatDay(due),
      at: policy.policy.retention?.[n]?.at as string,
      what: `${id}: who spends much less`,
    })),
  );

type OccasionRule = ActivePolicy['occasions'][number];

const occasions = (policy: ActivePolicy, span: Span): CalendarEntry[] =>
  (policy.policy.occasions ?? []).flatMap((occasion, n) => {
    const rule = policy.occasions[n] as OccasionRule;
    if (whyUndated(occasion) !== undefined) return [];
    return daysWithin(rule, span).map((day) => ({
      on: formatDay(day - rule.leadDays),
      at: timesOf(occasion),
      what: `${occasion.id}: ${occasion.gift ? 'gifts' : 'cards'} for ${formatDay(day)}`,
    }));
  });

const timesOf = ({ sendAt, spread }: Occasion): string =>
  parseDuration(spread) === 0 ? sendAt : `${sendAt} to ${endOfSpread(sendAt, spread)}`;

/** The days of an occasion that is everybody's, of which something is due in a span; a lunar year ends in the next. */
const daysWithin = ({ dayIn, onlyYear, leadDays }: OccasionRule, { from, to }: Span): readonly CivilDay[] => {
  const firstYear = yearOfDay(from + leadDays) - 1;
  const years = onlyYear === undefined ? [0, 1, 2, 3].map((n) => firstYear + n) : [onlyYear];
  return years
    .flatMap((year) => dayIn(year, undefined) ?? [])
    .filter((day) => from <= day - leadDays && day - leadDays < to);
};

const yearOfDay = (day: CivilDay): number => Number(formatDay(day).slice(0, 4));

/** The occasions that have no date of their own in a calendar. */
export const undatedOf = ({ occasions: all = [] }: Policy): readonly Undated[] =>
  all.flatMap((occasion) => {
    const why = whyUndated(occasion);
    return why === undefined ? [] : [{ occasion: occasion.id, why }];
  });

const whyUndated = ({ kind }: Occasion): string | undefined =>
  kind === 'birthday' || kind === 'founding-day' ? 'everybody has a day of their own' : undefined;
