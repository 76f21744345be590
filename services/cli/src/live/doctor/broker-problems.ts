import { type FoundBroker, type FoundTopic, isOldBroker } from '@alo/runtime/live';
import type { Problem } from './problem.ts';

/** Brokers that are older than those that alo was made for. */
export const brokerProblems = (brokers: readonly FoundBroker[]): Problem[] =>
  brokers.filter(isOldBroker).map(({ id, address, fetch }) => ({
    area: 'brokers',
    problem: `broker ${id} at ${address} is older than Kafka 4.0 (it answers Fetch of versions ${fetch.min} to ${fetch.max})`,
    mend: 'run Kafka 4.0 or newer: those before can lose a transaction that was fenced',
  }));

/** Replicas that are missing because their broker is. */
export const replicaProblems = (topics: readonly FoundTopic[]): Problem[] => {
  const lacking = topics.filter(({ outOfSync }) => outOfSync.length > 0);
  if (lacking.length === 0) return [];
  const count = lacking.reduce((sum, { outOfSync }) => sum + outOfSync.length, 0);
  return [
    {
      area: 'brokers',
      problem: `not all replicas are in sync in ${count} partitions of ${lacking.map(({ name }) => name).join(', ')}`,
      mend: 'bring back the broker that is missing: below min.insync.replicas nothing can be written',
    },
  ];
};
