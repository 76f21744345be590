import type { FoundBroker } from '@alo/runtime/live';
import type { Problem } from './problem.ts';

/** Kafka 4.0 is the first that no longer answers Fetch below version 4, and 3.9 the first that answers version 17. */
const fetchMinOf4 = 4;
const fetchMaxMin = 17;

const isOld = ({ fetch }: FoundBroker): boolean => fetch.max < fetchMaxMin || fetch.min < fetchMinOf4;

/** Brokers that are older than those that alo was made for. */
export const brokerProblems = (brokers: readonly FoundBroker[]): Problem[] =>
  brokers.filter(isOld).map(({ id, address, fetch }) => ({
    area: 'brokers',
    problem: `broker ${id} at ${address} is older than Kafka 4.0 (it answers Fetch of versions ${fetch.min} to ${fetch.max})`,
    mend: 'run Kafka 4.0 or newer: those before can lose a transaction that was fenced',
  }));
