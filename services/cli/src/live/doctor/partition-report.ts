import { decodeHeader } from '@alo/domain';
import type { Applied } from '@alo/runtime';
import { type Misfit, misfits, type SeenPartition } from './partition-fit.ts';
import type { Sight } from './see-partition.ts';

/** A partition in a row of the table. Offsets are those of the next record. */
export type PartitionReport = {
  readonly partition: number;
  /** R and C. */
  readonly applied: number | undefined;
  readonly published: number | undefined;
  readonly journalFrom: number;
  readonly journalEnd: number;
  /** Records of the journal that are not applied yet. */
  readonly behind: number;
  /** Outputs that were ever published. */
  readonly outputs: number;
  /** The engine that spoke last. */
  readonly engine: string | undefined;
  /** Id and version. */
  readonly policy: string | undefined;
  readonly fits: boolean;
};

const policyOf = (applied: Applied | undefined): { readonly policy?: string; readonly problems: readonly Misfit[] } => {
  if (!applied) return { problems: [] };
  try {
    const { policy } = decodeHeader(applied.header);
    return policy ? { policy: `${policy.name.id} ${policy.name.version}`, problems: [] } : { problems: [noPolicy] };
  } catch (error) {
    const problem = `the policy in Redis cannot be read by this alo: ${(error as Error).message}`;
    return { problems: [{ problem, mend: 'run the alo that wrote it, or a newer one' }] };
  }
};

const noPolicy: Misfit = { problem: 'no policy is active: every event is refused', mend: 'alo policy publish FILE' };

const isUntouched = ({ first, end, applied }: SeenPartition): boolean => applied === undefined && end === first;

const unpublished: Misfit = {
  problem: 'the journal is empty: intake and clocks wait for a policy',
  mend: 'alo policy publish FILE',
};

/** What a partition is told as, and what is wrong with it. */
export const partitionReport = ({
  seen,
  problems,
}: Sight): { readonly report: PartitionReport; readonly problems: readonly Misfit[] } => {
  const { partition, first, end, applied, receipt } = seen;
  const ill = [...problems, ...misfits(seen)];
  const policy = policyOf(applied);
  const found = [...ill, ...policy.problems, ...(isUntouched(seen) ? [unpublished] : [])];
  return {
    report: {
      partition,
      applied: applied?.offset,
      published: receipt?.offset,
      journalFrom: first,
      journalEnd: end,
      behind: Math.max(0, end - (applied?.offset ?? first)),
      outputs: receipt?.count ?? 0,
      engine: receipt?.version ?? applied?.version,
      policy: policy.policy,
      fits: ill.length === 0,
    },
    problems: found,
  };
};
