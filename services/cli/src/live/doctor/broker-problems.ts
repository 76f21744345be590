import { type FoundBroker, isOldBroker } from '@alo/runtime/live';
import type { Problem } from './problem.ts';

/** Brokers that are older than those that alo was made for. */
export const brokerProblems = (brokers: readonly FoundBroker[]): Problem[] =>
  brokers.filter(isOldBroker).map(({ id, address, fetch }) => ({
    area: 'brokers',
    problem: `broker ${id} at ${address} is older than Kafka 4.0 (it answers Fetch of versions ${fetch.min} to ${fetch.max})`,
    mend: 'run Kafka 4.0 or newer: those before can lose a transaction that was fenced',
  }));
