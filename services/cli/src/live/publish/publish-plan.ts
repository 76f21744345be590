import { type ActivePolicy, unreachable, verdictOn } from '@alo/domain';
import { WrongUse } from '@alo/runtime';
import { named } from '../journal-partitions.ts';

/** What a partition runs, and whether the new policy is to be written there. */
export type Placement = {
  readonly partition: number;
  readonly runs: ActivePolicy['name'] | undefined;
  readonly does: 'write' | 'pass-over';
};

export type Running = { readonly partition: number; readonly policy: ActivePolicy | undefined };

const isSame = (a: ActivePolicy, b: ActivePolicy) => a.name.version === b.name.version && a.name.hash === b.name.hash;

/** Why a policy cannot follow the one that runs; undefined where it can, or is it. */
const objection = (policy: ActivePolicy, running: ActivePolicy | undefined): string | undefined => {
  if (running === undefined || (running.name.id === policy.name.id && isSame(policy, running))) return undefined;
  const verdict = verdictOn(policy, running);
  switch (verdict.kind) {
    case 'newer':
      return undefined;
    case 'older':
      return `version ${running.name.version} of policy ${running.name.id} is running: a version only rises, so give the policy version ${running.name.version + 1} or higher`;
    case 'refused':
      return verdict.why;
    case 'stopped':
      return `version ${policy.name.version} of policy ${policy.name.id} is running with other content (hash ${running.name.hash}, not ${policy.name.hash}): give the policy version ${running.name.version + 1} or higher`;
    default:
      return unreachable(verdict);
  }
};

/**
 * Where a policy is to be written: in all partitions that do not have it yet.
 * @throws WrongUse, naming the partitions, where it can be in one of them only by breaking a promise: then in none.
 */
export const publishPlan = (policy: ActivePolicy, running: readonly Running[]): Placement[] => {
  const objections = running.map(({ partition, policy: one }) => ({ partition, why: objection(policy, one) }));
  const byWhy = Map.groupBy(
    objections.filter(({ why }) => why !== undefined),
    ({ why }) => why as string,
  );
  if (byWhy.size > 0) {
    const lines = [...byWhy].map(([why, all]) => `  ${named(all.map(({ partition }) => partition))}: ${why}`);
    throw new WrongUse(
      [
        `policy ${policy.name.id} version ${policy.name.version} cannot be published, and was written nowhere:`,
        ...lines,
      ].join('\n'),
    );
  }
  return running.map(({ partition, policy: one }) => ({
    partition,
    runs: one?.name,
    does: one !== undefined && isSame(policy, one) ? 'pass-over' : 'write',
  }));
};
