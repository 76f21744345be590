import { setTimeout as sleep } from 'node:timers/promises';
import { type BoundedPart, partitionBounds } from '@alo/runtime/live';
import type { Kafka } from '../kafka.ts';
import type { Problem } from './problem.ts';

export type HangWish = {
  /** Whole names of the topics that are written in transactions. */
  readonly topics: readonly string[];
  /** What is open for longer than this hangs, in ms. */
  readonly waitMs: number;
  /** Told how many partitions have an open transaction while it waits whether they end. */
  readonly onWait: (partitions: number) => void;
};

const pollMs = 500;

const keyOf = ({ topic, partition }: BoundedPart) => `${topic}/${partition}`;

/** Partitions in which a transaction is open, by where it begins. */
const openIn = async (kafka: Kafka, topics: readonly string[]): Promise<ReadonlyMap<string, BoundedPart>> => {
  const bounds = await partitionBounds(kafka, topics);
  return new Map(bounds.filter(({ stable, end }) => stable < end).map((part) => [keyOf(part), part]));
};

/** Those of the first that are still open at the same offset. */
const stillOpen = (before: ReadonlyMap<string, BoundedPart>, now: ReadonlyMap<string, BoundedPart>) =>
  new Map([...before].filter(([key, { stable }]) => now.get(key)?.stable === stable));

/** Partitions with a transaction that does not end within the time: readers of committed records wait there. */
export const hangingTransactions = async (
  kafka: Kafka,
  { topics, waitMs, onWait }: HangWish,
): Promise<BoundedPart[]> => {
  let open = await openIn(kafka, topics);
  if (open.size === 0) return [];
  onWait(open.size);
  for (let waitedMs = 0; waitedMs < waitMs && open.size > 0; waitedMs += pollMs) {
    await sleep(pollMs);
    open = stillOpen(open, await openIn(kafka, topics));
  }
  return [...open.values()];
};

export const hangProblems = (hanging: readonly BoundedPart[], waitMs: number): Problem[] =>
  hanging.map(({ topic, partition, stable }) => ({
    area: 'transactions',
    problem: `partition ${partition} of ${topic} has had a transaction open from offset ${stable} on for more than ${waitMs / 1000} s: whoever reads committed records waits there`,
    mend: 'look again in a minute; if it is still there, the broker has lost its end: docs/operations.md says how it is ended',
  }));
