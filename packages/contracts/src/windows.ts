import * as z from 'zod';

/** A window of SPEC section 3 as data. `months` and `days` count what it covers. */
export type Window =
  | { kind: 'months-to-date'; name: string; months: number }
  | { kind: 'last-months'; name: string; months: number; average: boolean }
  | { kind: 'last-days'; name: string; days: number }
  | { kind: 'year-to-date'; name: string };

export const windowNames =
  'month-to-date, previous-month, year-to-date, last-N-days (1 to 62), last-N-months (1 to 24), ' +
  'N-months-to-date (1 to 24) or average-of-last-3-months';

const counted = (text: string | undefined, most: number): number | undefined => {
  const count = Number(text);
  return text !== undefined && /^[1-9]\d?$/.test(text) && count <= most ? count : undefined;
};

/** Reads a window's name; undefined where there is no such window. */
export const parseWindow = (name: string): Window | undefined => {
  if (name === 'month-to-date') return { kind: 'months-to-date', name, months: 1 };
  if (name === 'previous-month') return { kind: 'last-months', name, months: 1, average: false };
  if (name === 'average-of-last-3-months') return { kind: 'last-months', name, months: 3, average: true };
  if (name === 'year-to-date') return { kind: 'year-to-date', name };
  const days = counted(/^last-(\d+)-days$/.exec(name)?.[1], 62);
  if (days) return { kind: 'last-days', name, days };
  const lastMonths = counted(/^last-(\d+)-months$/.exec(name)?.[1], 24);
  if (lastMonths) return { kind: 'last-months', name, months: lastMonths, average: false };
  const monthsToDate = counted(/^(\d+)-months-to-date$/.exec(name)?.[1], 24);
  if (monthsToDate) return { kind: 'months-to-date', name, months: monthsToDate };
  return undefined;
};

/** Does the window, anchored on a day, hold that day? Only such a one can upgrade at once. */
export const containsToday = (window: Window): boolean => window.kind !== 'last-months';

const upTo24 = '(?:[1-9]|1\\d|2[0-4])';
const lastDays = 'last-(?:[1-9]|[1-5]\\d|6[0-2])-days';
const withToday = `month-to-date|year-to-date|${lastDays}|${upTo24}-months-to-date`;
const withoutToday = `previous-month|average-of-last-3-months|last-${upTo24}-months`;

export const windowName = z
  .string()
  .refine((name) => parseWindow(name) !== undefined, { error: `must be a window: ${windowNames}` })
  .meta({ pattern: `^(?:${withToday}|${withoutToday})$` });

const isA = (name: string, test: (window: Window) => boolean): boolean => {
  const window = parseWindow(name);
  return window === undefined || test(window);
};

/** The name of a window that contains today. */
export const windowWithToday = windowName
  .refine((name) => isA(name, containsToday), {
    error: 'must be a window that contains today, such as month-to-date or last-30-days',
  })
  .meta({ pattern: `^(?:${withToday})$` });

export const windowOfDays = windowName
  .refine((name) => isA(name, ({ kind }) => kind === 'last-days'), { error: 'must be last-N-days (1 to 62)' })
  .meta({ pattern: `^${lastDays}$` });
