import type { ReviewRule, Rung, Warning } from '../active-policy.ts';
import { formatDay } from '../calendar/civil-date.ts';
import { type Moment, makeTrigger, type Ruling, type TriggerOf } from '../moment.ts';
import { describeWindow } from '../spend/windows.ts';
import { floorAt } from './listings.ts';
import { findingOf } from './review.ts';
import { occurrenceAt } from './review-schedule.ts';
import type { TierState } from './tier-state.ts';

type AtRisk = TriggerOf<'tier.at-risk'>;

/** At risk, SPEC section 4: a word before each review that would downgrade; none where a floor holds the tier. */
export const warningRule = (moment: Moment): Ruling => {
  const { cause, policy, state, at, today } = moment;
  const tier = state.tier;
  if (cause.kind !== 'due' || cause.due !== 'warning' || !tier || floorAt(state, policy, at) >= tier.computed) {
    return undefined;
  }
  const due = policy.warnings.flatMap((warning) => atRisk(moment, tier, warning));
  if (due.length === 0) return undefined;
  const ahead = (tier.warned ?? []).filter(([day]) => day >= today);
  const warned = [...ahead, ...due.map(({ day, lead }) => [day, lead] as const)];
  return { state: { ...state, tier: { ...tier, warned } }, triggers: due.map(({ trigger }) => trigger) };
};

type Due = { readonly day: number; readonly lead: string; readonly trigger: AtRisk };

/** The warning of one lead that falls due now, unless that review was warned of before. */
const atRisk = (moment: Moment, tier: TierState, { lead, schedule }: Warning): Due[] => {
  const { policy, state, at } = moment;
  const day = occurrenceAt(schedule, at)?.day;
  if (day === undefined || tier.warned?.some((before) => before[0] === day && before[1] === lead)) return [];
  const review = policy.review as ReviewRule;
  const on = { day, at: policy.calendar.instantOf(day, review.timeOfDayMs) };
  const finding = findingOf(state, tier, policy, review, on);
  if (!finding || finding.rank === tier.computed) return [];
  const { value, retainAt } = finding;
  const reviewOn = formatDay(day);
  const reason = { rule: 'tiers', window: describeWindow(review.window, day, value), threshold: retainAt };
  const data = { tier: (policy.ladder[tier.computed] as Rung).name, reviewOn, missing: retainAt - value };
  return [{ day, lead, trigger: makeTrigger(moment, 'tier.at-risk', reason, [reviewOn, lead], data) }];
};
