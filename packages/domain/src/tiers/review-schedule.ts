import type { Instant, Review } from '@alo/contracts';
import type { Calendar, CivilDay, CivilMonth } from '../calendar/calendar.ts';
import { firstDayOf, monthOf } from '../calendar/civil-date.ts';

/** Instants that come again and again: for each the civil day it belongs to (of a warning: the review's). */
export type Occurrence = { readonly at: Instant; readonly day: CivilDay };

export type Schedule = {
  /** The first occurrence after an instant. */
  readonly after: (instant: Instant) => Occurrence;
};

export type ReviewTimes = { readonly every: Review['every']; readonly day: number; readonly timeOfDayMs: number };

const monthsBetween = { month: 1, quarter: 3, 'half-year': 6, year: 12 } as const;

/** The reviews themselves. */
export const everyReview = (calendar: Calendar, times: ReviewTimes): Schedule => warningsBefore(calendar, times, 0);

/** The warnings that come so many civil days before each review, at its time of day. */
export const warningsBefore = (calendar: Calendar, times: ReviewTimes, leadDays: number): Schedule => {
  const step = monthsBetween[times.every];
  const occurrenceIn = (month: CivilMonth): Occurrence => {
    const day = firstDayOf(month) + times.day - 1;
    return { at: calendar.instantOf(day - leadDays, times.timeOfDayMs), day };
  };
  return remembering((instant) => {
    const from = monthOf(calendar.dayOf(instant) + leadDays);
    let month = Math.floor(from / step) * step - step;
    while (occurrenceIn(month).at <= instant) month += step;
    return occurrenceIn(month);
  });
};

/** Remembers the last answer, which holds for every instant up to it: all subscribers ask the same. */
const remembering = (find: (instant: Instant) => Occurrence): Schedule => {
  let from = Number.POSITIVE_INFINITY;
  let last: Occurrence = { at: Number.NEGATIVE_INFINITY, day: 0 };
  return {
    after: (instant) => {
      if (instant < from || instant >= last.at) {
        last = find(instant);
        from = instant;
      }
      return last;
    },
  };
};

/** The occurrence at exactly this instant, if there is one. */
export const occurrenceAt = (schedule: Schedule, instant: Instant): Occurrence | undefined => {
  const occurrence = schedule.after(instant - 1);
  return occurrence.at === instant ? occurrence : undefined;
};
