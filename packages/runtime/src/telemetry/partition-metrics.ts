import type { PartitionCondition } from '../partition-worker.ts';
import type { Telemetry } from './telemetry.ts';

const kinds = ['recovering', 'running', 'paused', 'stopped', 'released'] as const;

const outcomes = { running: 'recovered', paused: 'paused', stopped: 'stopped' } as const;

/** Shows how each partition fares and how far it is behind, as it is told of both. */
export const observePartitions = ({ instruments }: Telemetry) => {
  const recoveringSinceMs = new Map<number, number>();

  const endRecovery = (partition: number, kind: PartitionCondition['kind']) => {
    const sinceMs = recoveringSinceMs.get(partition);
    recoveringSinceMs.delete(partition);
    if (sinceMs === undefined || kind === 'recovering' || kind === 'released') return;
    instruments.recoveries.add(1, { partition, outcome: outcomes[kind] });
    if (kind === 'running') instruments.recoveryDuration.record((performance.now() - sinceMs) / 1000);
  };

  return {
    onCondition: (partition: number, { kind }: PartitionCondition): void => {
      for (const state of kinds) instruments.partitionState.record(state === kind ? 1 : 0, { partition, state });
      endRecovery(partition, kind);
      if (kind === 'recovering') recoveringSinceMs.set(partition, performance.now());
      if (kind === 'released') instruments.partitionLag.record(0, { partition });
    },
    onProgress: (partition: number, { offset, end }: { readonly offset: number; readonly end: number }): void =>
      instruments.partitionLag.record(Math.max(0, end - offset), { partition }),
  };
};
