import type { Because, Trigger } from '@alo/contracts';
import type { ReviewRule, Rung, Warning } from '../active-policy.ts';
import { formatDay } from '../calendar/civil-date.ts';
import { causeParts, type Moment, makeTrigger, type Ruling } from '../moment.ts';
import { describeWindow } from '../spend/windows.ts';
import { floorAt } from './listings.ts';
import { findingOf } from './review.ts';
import { type Occurrence, occurrenceAt } from './review-schedule.ts';
import { reachedBySpend } from './spend-upgrade.ts';
import { atBase, type TierState } from './tier-state.ts';

type Basis = 'spend' | 'review' | 'list';
type Figures = Pick<Because, 'window' | 'threshold'>;
type Change = { readonly tier: TierState; readonly basis: Basis; readonly figures: Figures };

/** Tiers, SPEC section 4: up at once, down only at review, never below a valid list's floor. */
export const tierRule = (moment: Moment): Ruling => {
  const { state, policy, at, cause } = moment;
  const tier = state.tier ?? atBase;
  const change = (isDue(moment, 'review') ? byReview(moment, tier) : bySpend(moment, tier)) ?? byList(tier);
  const effective = Math.max(change.tier.computed, state.listings.length > 0 ? floorAt(state, policy, at) : 0);
  const warned = cause.kind === 'due' && cause.due === 'warning' ? atRisk(moment, tier) : [];
  const triggers = effective === tier.effective ? warned : [...warned, tierChanged(moment, tier, effective, change)];
  if (change.tier === tier && effective === tier.effective) return triggers.length > 0 ? { triggers } : undefined;
  return { state: { ...state, tier: withoutBase({ ...change.tier, effective }) }, triggers };
};

const isDue = ({ cause }: Moment, kind: string) => cause.kind === 'due' && cause.due === kind;

/** Who is back at the base is kept like one who never left it. */
const withoutBase = (tier: TierState): TierState | undefined =>
  tier.computed === 0 && tier.effective === 0 ? undefined : tier;

const byList = (tier: TierState): Change => ({ tier, basis: 'list', figures: {} });

const bySpend = (moment: Moment, tier: TierState): Change | undefined => {
  const reached = reachedBySpend(moment, tier.computed);
  if (!reached) return undefined;
  const { policy, at } = moment;
  return {
    tier: { ...tier, computed: reached.rank, reachedAt: at, failures: 0 },
    basis: 'spend',
    figures: {
      window: describeWindow(policy.tierWindow, reached.anchor, reached.value),
      threshold: (policy.ladder[reached.rank] as Rung).upgradeAt,
    },
  };
};

const byReview = (moment: Moment, tier: TierState): Change | undefined => {
  const { state, policy, at } = moment;
  const review = policy.review as ReviewRule;
  const on = occurrenceAt(review.schedule, at) as Occurrence;
  const finding = findingOf(state, tier, policy, review, on);
  if (!finding) return undefined;
  return {
    tier: { ...tier, computed: finding.rank, reachedAt: at, failures: finding.failures },
    basis: 'review',
    figures: { window: describeWindow(review.window, on.day, finding.value), threshold: finding.retainAt },
  };
};

const tierChanged = (moment: Moment, tier: TierState, effective: number, { basis, figures }: Change): Trigger => {
  const { ladder } = moment.policy;
  const names = ladder.map(({ name }) => name);
  const up = effective > tier.effective;
  const between = up
    ? names.slice(tier.effective + 1, effective)
    : names.slice(effective + 1, tier.effective).reverse();
  const to = names[effective] as string;
  return makeTrigger(
    moment,
    up ? 'tier.upgraded' : 'tier.downgraded',
    { rule: basis === 'list' ? 'lists' : 'tiers', ...figures },
    [to, ...causeParts(moment)],
    { from: names[tier.effective] as string, to, ...(between.length > 0 && { crossed: between }), basis },
  );
};

/** The warnings that fall due now, each for the review that would downgrade; none where a floor holds the tier. */
const atRisk = (moment: Moment, tier: TierState): Trigger[] => {
  const { policy, state, at } = moment;
  if (tier.computed === 0 || floorAt(state, policy, at) >= tier.computed) return [];
  return policy.warnings.flatMap((warning) => atRiskOf(moment, tier, warning));
};

const atRiskOf = (moment: Moment, tier: TierState, { lead, schedule }: Warning): Trigger[] => {
  const { policy, state, at } = moment;
  const warned = occurrenceAt(schedule, at);
  if (!warned) return [];
  const review = policy.review as ReviewRule;
  const reviewAt = policy.calendar.instantOf(warned.day, review.timeOfDayMs);
  const finding = findingOf(state, tier, policy, review, { day: warned.day, at: reviewAt });
  if (!finding || finding.rank === tier.computed) return [];
  const { value, retainAt } = finding;
  const reviewOn = formatDay(warned.day);
  const window = describeWindow(review.window, warned.day, value);
  const name = (policy.ladder[tier.computed] as Rung).name;
  return [
    makeTrigger(moment, 'tier.at-risk', { rule: 'tiers', window, threshold: retainAt }, [reviewOn, lead], {
      tier: name,
      reviewOn,
      missing: retainAt - value,
    }),
  ];
};
