import type { Because, Trigger } from '@alo/contracts';
import type { ReviewRule, Rung } from '../active-policy.ts';
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
  const { state, policy, at } = moment;
  const tier = state.tier ?? atBase;
  const change = changeOf(moment, tier);
  const effective = Math.max(change.tier.computed, floorAt(state, policy, at));
  if (change.tier === tier && effective === tier.effective) return undefined;
  const changed = { ...state, tier: withoutBase({ ...change.tier, effective }) };
  if (effective === tier.effective) return { state: changed };
  return { state: changed, triggers: [tierChanged(moment, tier, effective, moved(change, tier, effective))] };
};

const changeOf = (moment: Moment, tier: TierState): Change =>
  (isDue(moment, 'review') ? byReview(moment, tier) : bySpend(moment, tier)) ?? byList(tier);

const byList = (tier: TierState): Change => ({ tier, basis: 'list', figures: {} });

/**
 * What moved the effective tier: what took the computed one down, or as far up. Else it was a floor that an activation
 * has moved.
 */
const moved = (change: Change, tier: TierState, effective: number): Change => {
  const { computed } = change.tier;
  const isMoved =
    effective > tier.effective ? computed > tier.computed && computed === effective : computed < tier.computed;
  return isMoved ? change : byList(tier);
};

const isDue = ({ cause }: Moment, kind: string) => cause.kind === 'due' && cause.due === kind;

/** Who is back at the base is kept like one who never left it. */
const withoutBase = (tier: TierState): TierState | undefined =>
  tier.computed === 0 && tier.effective === 0 ? undefined : tier;

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
  const finding = tier.reviewedOn === on.day ? undefined : findingOf(state, tier, policy, review, on);
  if (!finding) return undefined;
  return {
    tier: {
      ...tier,
      computed: finding.rank,
      reachedAt: finding.rank < tier.computed ? at : tier.reachedAt,
      failures: finding.failures,
      reviewedOn: on.day,
    },
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
