import { parseWindow, type Window } from '@alo/contracts';

const daysOfMonth = 30;

/** About how many months of spend a window sums, so that amounts of different windows can be compared. */
export const monthsOf = (name: string): number => monthsIn(parseWindow(name) as Window);

const monthsIn = (window: Window): number => {
  switch (window.kind) {
    case 'months-to-date':
      return window.months;
    case 'last-months':
      return window.average ? 1 : window.months;
    case 'last-days':
      return window.days / daysOfMonth;
    case 'year-to-date':
      return 12;
  }
};
