import type { Logger, PartitionCondition } from '@alo/runtime/live';

/** Knows how each partition fares, and tells it: in the log when it changes, and to whoever asks for health. */
export const makeConditions = (log: Pick<Logger, 'info' | 'warn' | 'error'>) => {
  const conditions = new Map<number, PartitionCondition>();
  let membership: string | undefined = 'the group of engines is not joined yet';

  const tell = (partition: number, condition: PartitionCondition) => {
    if (condition.kind === 'stopped') log.error({ partition }, `partition ${partition} has stopped: ${condition.why}`);
    else if (condition.kind === 'paused') {
      log.warn({ partition }, `partition ${partition} pauses, and tries again: ${condition.why}`);
    } else log.info({ partition }, `partition ${partition} is ${condition.kind}`);
  };

  const whyOf = ([partition, condition]: [number, PartitionCondition]): string[] =>
    'why' in condition ? [`partition ${partition} ${condition.kind}: ${condition.why}`] : [];

  return {
    onCondition: (partition: number, condition: PartitionCondition): void => {
      conditions.set(partition, condition);
      tell(partition, condition);
      if (condition.kind === 'released') conditions.delete(partition);
    },
    onUnverified: (partition: number): void =>
      log.warn(
        { partition },
        `partition ${partition}: states were written whose R was lost; what was said since is taken over from the receipt, unverified`,
      ),
    onMembership: (problem: string | undefined): void => {
      membership = problem;
      if (problem !== undefined) log.warn(problem);
    },
    /** Why the engine is not ready, partition by partition. */
    problems: (): string[] => [...(membership === undefined ? [] : [membership]), ...[...conditions].flatMap(whyOf)],
  };
};
