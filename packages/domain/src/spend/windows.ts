import type { Because, Window } from '@alo/contracts';
import type { CivilDay } from '../calendar/calendar.ts';
import { firstDayOf, formatDay, monthOf, yearOf } from '../calendar/civil-date.ts';
import { type Sums, sumAt, sumBetween } from './sums.ts';

/** What a subscriber was charged, by civil day and by civil month. */
export type Spend = { readonly days: Sums; readonly months: Sums };

type Span = { readonly from: number; readonly to: number };

/** The months that a window of months covers when anchored on a day: from <= month < to. */
const monthsCovered = (window: Exclude<Window, { kind: 'last-days' }>, anchor: CivilDay): Span => {
  const month = monthOf(anchor);
  switch (window.kind) {
    case 'months-to-date':
      return { from: month - window.months + 1, to: month + 1 };
    case 'last-months':
      return { from: month - window.months, to: month };
    case 'year-to-date':
      return { from: yearOf(month) * 12, to: yearOf(month) * 12 + 12 };
  }
};

/** The civil days that a window covers when anchored on a day: from <= day < to. */
export const daysCovered = (window: Window, anchor: CivilDay): Span => {
  if (window.kind === 'last-days') return { from: anchor - window.days + 1, to: anchor + 1 };
  const { from, to } = monthsCovered(window, anchor);
  return { from: firstDayOf(from), to: firstDayOf(to) };
};

/** A window's value as a rule sees it: at least 0, an average floored. */
export const windowValue = (spend: Spend, window: Window, anchor: CivilDay): number =>
  Math.max(0, Math.floor(windowSum(spend, window, anchor)));

const windowSum = (spend: Spend, window: Window, anchor: CivilDay): number => {
  if (window.kind === 'last-days') return sumBetween(spend.days, anchor - window.days + 1, anchor + 1);
  if (window.kind === 'months-to-date' && window.months === 1) return sumAt(spend.months, monthOf(anchor));
  const { from, to } = monthsCovered(window, anchor);
  const sum = sumBetween(spend.months, from, to);
  return window.kind === 'last-months' && window.average ? sum / 3 : sum;
};

/** A window in the words of a trigger. */
export const describeWindow = (window: Window, anchor: CivilDay, value: number): Because['window'] => {
  const { from, to } = daysCovered(window, anchor);
  return { window: window.name, from: formatDay(from), to: formatDay(to), value };
};
