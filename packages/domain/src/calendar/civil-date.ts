import { dayMs, daysInMonth, daysSinceEpoch } from '@alo/contracts';
import type { CivilDay, CivilMonth } from './calendar.ts';

export type CivilDate = { readonly year: number; readonly month: number; readonly day: number };

/** Year, month (1 to 12) and day (1 to 31) of a civil day. */
export const civilDate = (day: CivilDay): CivilDate => {
  const date = new Date(day * dayMs);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
};

/** The civil day of a date; a 29 February that a year lacks, or a 31st that a month lacks, is its last day. */
export const civilDay = (year: number, month: number, day: number): CivilDay =>
  daysSinceEpoch(year, month, Math.min(day, daysInMonth(year, month)));

const remembered = 64;
const daysAsked = new Float64Array(remembered).fill(Number.NaN);
const monthsAnswered = new Float64Array(remembered);

/** The civil month of a day. Remembers some answers: nearly all questions are about the last weeks. */
export const monthOf = (day: CivilDay): CivilMonth => {
  const place = ((day % remembered) + remembered) % remembered;
  if (daysAsked[place] === day) return monthsAnswered[place] as number;
  const { year, month } = civilDate(day);
  daysAsked[place] = day;
  monthsAnswered[place] = year * 12 + month - 1;
  return monthsAnswered[place] as number;
};

export const monthOfDate = (year: number, month: number): CivilMonth => year * 12 + month - 1;
export const yearOf = (month: CivilMonth): number => Math.floor(month / 12);
export const firstDayOf = (month: CivilMonth): CivilDay => daysSinceEpoch(yearOf(month), (month % 12) + 1, 1);

/** `2026-07-31`. */
export const formatDay = (day: CivilDay): string => new Date(day * dayMs).toISOString().slice(0, 10);
/** `2026-07`. */
export const formatMonth = (month: CivilMonth): string => formatDay(firstDayOf(month)).slice(0, 7);

/** Reads `2026-07-31`, which is known to be a civil date. */
export const parseDay = (text: string): CivilDay =>
  daysSinceEpoch(Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8, 10)));
/** Reads `2026-07`. */
export const parseMonth = (text: string): CivilMonth => Number(text.slice(0, 4)) * 12 + Number(text.slice(5, 7)) - 1;

/** Milliseconds after midnight of `HH:MM`. */
export const parseTimeOfDay = (text: string): number =>
  (Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5))) * 60_000;
