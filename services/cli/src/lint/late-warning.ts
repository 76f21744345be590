import { parseDuration } from '@alo/contracts';
import type { LintRule } from './advice.ts';

/** A warning that leaves no time falls due with the review, and is decided after it. */
export const lateWarning: LintRule = ({ tiers: { review, warn = [] } }) =>
  warn.flatMap((lead, at) => {
    if (!review || parseDuration(lead) > 0) return [];
    const message =
      `${lead} before a review is the review itself, which is decided first: nobody can do anything about it any more. ` +
      'Give a longer one';
    return [{ rule: 'late-warning', path: `tiers.warn[${at}]`, message }];
  });
