import type { Instant } from '@alo/contracts';
import type { ActivePolicy, RetentionRule } from '../active-policy.ts';
import { formatMonth, monthOf } from '../calendar/civil-date.ts';
import { type Moment, makeTrigger, type Ruling, type TriggerOf } from '../moment.ts';
import { daysCovered, describeWindow, windowValue } from '../spend/windows.ts';
import type { State } from '../state.ts';
import { effectiveRank } from '../tiers/listings.ts';
import { occurrenceAt } from '../tiers/review-schedule.ts';

/** Retention, SPEC section 7: a word when someone who spent much spends much less; once a month, whatever moves. */
export const retentionRule = (moment: Moment): Ruling => {
  if (moment.cause.kind !== 'due' || moment.cause.due !== 'retention') return undefined;
  const month = formatMonth(monthOf(moment.today));
  const told = moment.state.dropped;
  const triggers = moment.policy.retention.flatMap((rule) =>
    told?.[rule.id] === month ? [] : spendDropped(moment, rule, month),
  );
  if (triggers.length === 0) return undefined;
  const now = Object.fromEntries(triggers.map(({ data }) => [data.retention, month]));
  return { state: { ...moment.state, dropped: { ...told, ...now } }, triggers };
};

/** What a window's value is compared with lies wholly before it, so that nothing is compared with itself. */
const spendDropped = (moment: Moment, rule: RetentionRule, month: string): TriggerOf<'spend.dropped'>[] => {
  const { state, at, today } = moment;
  if ((state.tier?.effective ?? 0) < rule.minRank || !occurrenceAt(rule.schedule, at)) return [];
  const value = windowValue(state, rule.window, today);
  const average = windowValue(state, rule.of, daysCovered(rule.window, today).from);
  if (value * 100 >= average * rule.belowPercent) return [];
  const reason = { rule: 'retention', window: describeWindow(rule.window, today, value), threshold: rule.belowPercent };
  return [makeTrigger(moment, 'spend.dropped', reason, [rule.id, month], { retention: rule.id, value, average })];
};

/** Is the subscriber high enough for a rule to look at? */
const isLookedAt = (state: State, policy: ActivePolicy, { minRank }: RetentionRule, at: Instant): boolean =>
  minRank === 0 || effectiveRank(state, policy, at) >= minRank;

/** The next instant after one at which a rule looks at the subscriber. */
export const nextRetention = (state: State, policy: ActivePolicy, after: Instant): Instant | undefined => {
  let next: Instant | undefined;
  for (const rule of policy.retention) {
    if (!isLookedAt(state, policy, rule, after)) continue;
    const { at } = rule.schedule.after(after);
    if (next === undefined || at < next) next = at;
  }
  return next;
};

export const retentionIsAt = (state: State, policy: ActivePolicy, at: Instant): boolean =>
  policy.retention.some((rule) => isLookedAt(state, policy, rule, at) && occurrenceAt(rule.schedule, at) !== undefined);
