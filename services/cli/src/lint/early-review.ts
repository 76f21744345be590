import { containsToday, dayMs, parseDuration, parseWindow, type Window } from '@alo/contracts';
import type { LintRule } from './advice.ts';

/** A review before the charges of its window are in: `lateness` says how late they may come. */
export const earlyReview: LintRule = ({ lateness, tiers: { review } }) => {
  if (!review) return [];
  const isOver = !containsToday(parseWindow(review.window) as Window);
  const daysAfter = isOver ? review.day - 1 : 0;
  if (parseDuration(lateness) <= daysAfter * dayMs + timeOfDayMs(review.at)) return [];
  const looks = isOver
    ? `looks ${daysAfter} days after ${review.window} has ended`
    : `looks at ${review.window}, which is not over on that day`;
  const message =
    `the review ${looks}, and charges may come up to ${lateness} late (lateness): who fails for want of one that is ` +
    'under way has lost the tier, or come closer to it. Review on a later day, or ask for more failures in a row';
  return [{ rule: 'early-review', path: 'tiers.review.day', message }];
};

/** Of `HH:MM`. */
const timeOfDayMs = (text: string): number => (Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5))) * 60_000;
