import { setTimeout as sleep } from 'node:timers/promises';
import { type BoundedPart, partitionBounds } from '@alo/runtime/live';
import type { Kafka } from '../kafka.ts';
import type { Problem } from './problem.ts';

export type HangWish = {
  /** Whole names of the topics that are written in transactions. */
  readonly topics: readonly string[];
  /** What is open for longer than this hangs, in ms. */
  readonly waitMs: number;
  /** Which of their partitions are looked at. */
  readonly isAsked: (part: BoundedPart) => boolean;
  /** Told how many partitions have an open transaction while it waits whether they end. */
  readonly onWait: (partitions: number) => void;
};

const pollMs = 500;

/** A partition as an operator writes it. */
export const placeOf = ({ topic, partition }: { readonly topic: string; readonly partition: number }): string =>
  `${topic}/${partition}`;

/** Partitions in which a transaction is open, by where it begins. */
const openIn = async (
  kafka: Kafka,
  { topics, isAsked }: Pick<HangWish, 'topics' | 'isAsked'>,
): Promise<ReadonlyMap<string, BoundedPart>> => {
  const bounds = (await partitionBounds(kafka, topics)).filter(isAsked);
  return new Map(bounds.filter(({ stable, end }) => stable < end).map((part) => [placeOf(part), part]));
};

/** Those of the first that are still open at the same offset. */
const stillOpen = (before: ReadonlyMap<string, BoundedPart>, now: ReadonlyMap<string, BoundedPart>) =>
  new Map([...before].filter(([key, { stable }]) => now.get(key)?.stable === stable));

/** Partitions with a transaction that does not end within the time: readers of committed records wait there. */
export const hangingTransactions = async (kafka: Kafka, wish: HangWish): Promise<BoundedPart[]> => {
  const { waitMs, onWait } = wish;
  let open = await openIn(kafka, wish);
  if (open.size === 0) return [];
  onWait(open.size);
  for (let waitedMs = 0; waitedMs < waitMs && open.size > 0; waitedMs += pollMs) {
    await sleep(pollMs);
    open = stillOpen(open, await openIn(kafka, wish));
  }
  return [...open.values()];
};

/** Why it takes longer. */
export const lookingWords = (partitions: number, waitMs: number): string =>
  `transactions are open in ${partitions} partitions: looking for up to ${waitMs / 1000} s whether they end`;

/** One command ends what may be one transaction: what hangs in partitions of one number. */
const mendOf = (partition: number, hanging: readonly BoundedPart[]): string => {
  const places = hanging.filter((one) => one.partition === partition).map(placeOf);
  return `look again in a minute; if it is still there, the broker has lost its end: alo doctor --end-transaction ${places.join(' ')} (docs/operations.md, section 6, says what that means)`;
};

export const hangProblems = (hanging: readonly BoundedPart[], waitMs: number): Problem[] =>
  [...hanging]
    .sort((a, b) => a.partition - b.partition)
    .map(({ topic, partition, stable }) => ({
      area: 'transactions',
      problem: `partition ${partition} of ${topic} has had a transaction open from offset ${stable} on for more than ${waitMs / 1000} s: whoever reads committed records waits there`,
      mend: mendOf(partition, hanging),
    }));
