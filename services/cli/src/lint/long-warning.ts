import { dayMs, parseDuration } from '@alo/contracts';
import type { LintRule } from './advice.ts';

/** The fewest days between two reviews. */
const fewestDays = { month: 28, quarter: 90, 'half-year': 181, year: 365 } as const;

/** A warning longer than the period is given before the review before it has taken place. */
export const longWarning: LintRule = ({ tiers: { review, warn = [] } }) =>
  warn.flatMap((lead, at) => {
    if (!review || parseDuration(lead) <= fewestDays[review.every] * dayMs) return [];
    const message =
      `${lead} before a review is before the review that comes ahead of it (one ${review.every} may have ` +
      `${fewestDays[review.every]} days): the warning speaks of a window that has hardly begun. Give a shorter one`;
    return [{ rule: 'long-warning', path: `tiers.warn[${at}]`, message }];
  });
