import { hash } from 'node:crypto';
import { topics } from '@alo/contracts';
import { type Applied, PartitionStopped } from '@alo/runtime';
import {
  type PartitionView,
  type RedisConnection,
  readApplied,
  type ViewedRecord,
  viewPartition,
} from '@alo/runtime/live';
import type { Kafka } from '../kafka.ts';
import type { Misfit, SeenPartition } from './partition-fit.ts';

export type Place = {
  readonly kafka: Kafka;
  readonly redis: RedisConnection;
  readonly topicPrefix: string;
  readonly keyPrefix: string;
};

/** A partition as it is now, and what kept it from being seen whole. */
export type Sight = {
  readonly seen: SeenPartition;
  /** When the last record of the journal was appended; undefined where there is none. */
  readonly appendedAtMs: number | undefined;
  readonly problems: readonly Misfit[];
};

/** All topics to which an engine writes what it says. */
export const outputTopics = [
  topics.tiers,
  topics.gifts,
  topics.suspensions,
  topics.care,
  topics.compliance,
  topics.standing,
  topics.deadLetters,
] as const;

const recordAt = async (view: PartitionView, offset: number): Promise<ViewedRecord | undefined> => {
  for await (const records of view.records(offset, offset + 1)) return records[0];
  return undefined;
};

const isSameRecord = async (
  view: PartitionView,
  { first, end }: { readonly first: number; readonly end: number },
  applied: Applied | undefined,
): Promise<boolean | undefined> => {
  if (applied?.lastRecord === undefined || applied.offset <= first || applied.offset > end) return undefined;
  const record = await recordAt(view, applied.offset - 1);
  return record && hash('sha256', record.value ?? new Uint8Array(0)) === applied.lastRecord;
};

const holdsAnything = async (view: PartitionView): Promise<boolean> => {
  const { first, stable } = await view.bounds();
  for await (const _ of view.records(first, stable)) return true;
  return false;
};

const hasOutputs = async ({ kafka, topicPrefix }: Place, partition: number): Promise<boolean> => {
  for (const topic of outputTopics) {
    const where = { topic: `${topicPrefix}${topic}`, partition };
    if (await viewPartition(kafka, where, holdsAnything)) return true;
  }
  return false;
};

/** What Redis or the receipts hold, or what is wrong with it. */
const orProblem = async <Found>(
  find: () => Promise<Found | undefined>,
  mend: string,
): Promise<{ readonly found: Found | undefined; readonly problems: readonly Misfit[] }> => {
  try {
    return { found: await find(), problems: [] };
  } catch (error) {
    if (!(error instanceof PartitionStopped)) throw error;
    return { found: undefined, problems: [{ problem: error.message, mend }] };
  }
};

/** Looks at a partition's journal, states and receipts beside its engine. R is read first: what is published is past it. */
export const seePartition = async (place: Place, partition: number): Promise<Sight> => {
  const { kafka, redis, topicPrefix, keyPrefix: prefix } = place;
  const named = (topic: string) => ({ topic: `${topicPrefix}${topic}`, partition });
  const states = await orProblem(
    () => readApplied(redis, { prefix, partition }),
    'give alo a REDIS_KEY_PREFIX of its own, or run the alo that wrote the states',
  );
  const applied = states.found;
  const receipts = await orProblem(
    () => viewPartition(kafka, named(topics.receipts), ({ lastReceipt }) => lastReceipt()),
    'let only engines write to the topic of receipts (ACLs), and restore it',
  );
  const receipt = receipts.found;
  const journal = await viewPartition(kafka, named(topics.journal), async (view) => {
    const { first, end } = await view.bounds();
    const last = end > first ? await recordAt(view, end - 1) : undefined;
    return { first, end, appendedAtMs: last?.timestampMs, isSame: await isSameRecord(view, { first, end }, applied) };
  });
  const { first, end, appendedAtMs, isSame } = journal;
  const isForgotten = receipt === undefined && receipts.problems.length === 0;
  return {
    seen: {
      partition,
      first,
      end,
      applied,
      receipt,
      isSameRecord: isSame,
      hasOutputs: isForgotten && (await hasOutputs(place, partition)),
    },
    appendedAtMs,
    problems: [...states.problems, ...receipts.problems],
  };
};
