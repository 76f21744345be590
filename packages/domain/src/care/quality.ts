import type { Instant, Trigger } from '@alo/contracts';
import type { QualityRule } from '../active-policy.ts';
import { causeParts, type Moment, makeTrigger, type Ruling } from '../moment.ts';
import { describeWindow } from '../spend/windows.ts';
import { countIn, type QualityState, type Report } from './quality-reports.ts';

/** Quality, SPEC section 7: service recovery, judged at every report of a rule's kinds. */
export const qualityRule = (moment: Moment): Ruling => {
  const { cause, policy, state, at } = moment;
  if (cause.kind !== 'event' || cause.event.name !== 'quality.reported' || !state.quality) return undefined;
  const { kind } = cause.event.data;
  const { reports, spoken } = state.quality;
  const found = policy.quality
    .filter((rule) => rule.kinds.includes(kind) && isLookedAt(moment, rule) && !isCooling(rule, spoken, at))
    .map((rule) => ({ rule, count: countIn(reports, rule, moment.today) }))
    .filter(({ rule, count }) => count >= rule.atLeast);
  if (found.length === 0) return undefined;
  const triggers = found.map(({ rule, count }) => recoveryDue(moment, rule, count));
  const now = found.map(({ rule }) => rule.id);
  return { state: { ...state, quality: withSpoken(reports, policy.quality, spoken, now, at) }, triggers };
};

const isLookedAt = ({ state }: Moment, { minRank }: QualityRule) => (state.tier?.effective ?? 0) >= minRank;

/** Until its cooldown, in days of 24 hours, is over, a rule is silent; at its very end it speaks again. */
const isCooling = ({ id, cooldownMs }: QualityRule, spoken: QualityState['spoken'], at: Instant): boolean => {
  const last = spoken && Object.hasOwn(spoken, id) ? spoken[id] : undefined;
  return last !== undefined && at - last < cooldownMs;
};

/** The instants that still hold a rule back; of all others nothing is remembered. */
const withSpoken = (
  reports: readonly Report[],
  rules: readonly QualityRule[],
  before: QualityState['spoken'],
  now: readonly string[],
  at: Instant,
): QualityState => {
  const spoken = rules.flatMap((rule) => {
    if (now.includes(rule.id)) return rule.cooldownMs > 0 ? [[rule.id, at]] : [];
    return isCooling(rule, before, at) ? [[rule.id, before?.[rule.id]]] : [];
  });
  return spoken.length === 0 ? { reports } : { reports, spoken: Object.fromEntries(spoken) };
};

const recoveryDue = (moment: Moment, { id, window, atLeast }: QualityRule, count: number): Trigger => {
  const reason = { rule: 'quality', window: describeWindow(window, moment.today, count), threshold: atLeast };
  return makeTrigger(moment, 'service-recovery.due', reason, [id, ...causeParts(moment)], { quality: id, count });
};
