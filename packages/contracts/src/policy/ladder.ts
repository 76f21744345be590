import type { Draft } from './draft.ts';
import { atMost, below } from './ordered.ts';
import { type Problem, problem } from './problem.ts';

type Rung = NonNullable<NonNullable<NonNullable<Draft['tiers']>['ladder']>[number]>;

/** Thresholds stand on every tier but the base, and rise. */
export const ladderProblems = ({ tiers }: Draft): Problem[] => {
  const [base, ...others] = tiers?.ladder ?? [];
  return [
    ...(base ? baseProblems(base) : []),
    ...others.flatMap((rung, at) => (rung ? rungProblems(rung, others[at - 1], at + 1) : [])),
    ...(tiers?.warn?.length && tiers.review === undefined ? [problem('tiers.warn', 'needs a review to warn of')] : []),
  ];
};

const thresholds = ['upgradeAt', 'retainAt'] as const;

const baseProblems = (base: Rung): Problem[] =>
  thresholds
    .filter((name) => base[name] !== undefined)
    .map((name) => problem(`tiers.ladder[0].${name}`, 'must not be there: the first tier is the base', base[name]));

const rungProblems = (rung: Rung, lower: Rung | undefined, rank: number): Problem[] => {
  const at = (name: string) => `tiers.ladder[${rank}].${name}`;
  const { upgradeAt, retainAt } = rung;
  return [
    ...thresholds
      .filter((name) => rung[name] === undefined)
      .map((name) => problem(at(name), 'must be there: only the base has no threshold', undefined)),
    ...(below(upgradeAt, retainAt)
      ? [problem(at('retainAt'), `must not be more than upgradeAt (${upgradeAt})`, retainAt)]
      : []),
    ...(lower && atMost(upgradeAt, lower.upgradeAt)
      ? [problem(at('upgradeAt'), `must be more than that of the tier below (${lower.upgradeAt})`, upgradeAt)]
      : []),
  ];
};
