import { hourMs, parseDuration } from '@alo/contracts';
import type { LintRule } from './advice.ts';

/** A holiday or a conference is everybody's on one day: without a spread all of it falls due in one hour. */
export const sameHour: LintRule = ({ occasions = [] }) =>
  occasions.flatMap(({ id, kind, sendAt, spread }, at) => {
    if ((kind !== 'holiday' && kind !== 'conference') || parseDuration(spread) >= hourMs) return [];
    const message =
      `${id} falls due for everyone between ${sendAt} and ${spread} later: what acts on it gets all of it within the ` +
      'hour. Give a spread of an hour or more, such as PT2H';
    return [{ rule: 'same-hour', path: `occasions[${at}].spread`, message }];
  });
