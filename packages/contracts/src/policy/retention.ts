import { parseWindow, type Window } from '../windows.ts';
import type { Draft } from './draft.ts';
import { type Problem, problem } from './problem.ts';

/** State keeps 100 civil days and 26 civil months, today's with them: what a rule compares must lie within. */
const daysBackMax = 99;
const monthsBackMax = 25;

/** Months from that of its anchor back to that in which a window begins, at most. */
const monthsBack = (window: Window): number => {
  switch (window.kind) {
    case 'months-to-date':
      return window.months - 1;
    case 'last-months':
      return window.months;
    case 'year-to-date':
      return 11;
    case 'last-days':
      return 3;
  }
};

/** Days from a day of the month back to that on which a window begins, at most. */
const daysBack = (window: Window, day: number): number =>
  window.kind === 'last-days' ? window.days - 1 : day - 1 + monthsBack(window) * 31;

const windowOf = (name: unknown): Window | undefined => (typeof name === 'string' ? parseWindow(name) : undefined);

/** A retention rule compares two windows, the one before the other: both must still be known. */
export const retentionProblems = ({ retention = [] }: Draft): Problem[] =>
  retention.flatMap((rule, at) => {
    const [window, of] = [windowOf(rule?.window), windowOf(rule?.of)];
    if (!window || !of || reachesIntoState(window, of, rule?.day)) return [];
    const message = `must begin within what alo keeps (26 months, 100 days) when it ends before ${window.name}`;
    return [problem(`retention[${at}].of`, message, of.name)];
  });

/** Is `of`, anchored on the first day of what `window` covers, still in the state? */
const reachesIntoState = (window: Window, of: Window, day: unknown): boolean =>
  of.kind === 'last-days'
    ? typeof day !== 'number' || daysBack(window, day) + of.days - 1 <= daysBackMax
    : monthsBack(window) + monthsBack(of) <= monthsBackMax;
