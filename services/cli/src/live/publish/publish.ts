import type { ActivePolicy } from '@alo/domain';
import { PartitionStopped } from '@alo/runtime';
import { openPartitionWriter, type RedisConnection, readApplied, viewPartition } from '@alo/runtime/live';
import { activationText } from '../../run/own-events.ts';
import { forEachPartition, journalOf } from '../journal-partitions.ts';
import type { Kafka } from '../kafka.ts';
import { type Placement, publishPlan } from './publish-plan.ts';
import { runningPolicy } from './running-policy.ts';

export type PublishWish = {
  readonly kafka: Kafka;
  /** Undefined where it is not told or does not answer: then the journal alone says what runs. */
  readonly redis: RedisConnection | undefined;
  readonly topicPrefix: string;
  readonly keyPrefix: string;
  readonly dryRun: boolean;
  /** Told how many records of the journal were looked through, now and then. */
  readonly onRead: (records: number) => void;
  /** Told of each partition once the policy is written there for good. */
  readonly onWritten: (partition: number) => void;
};

export type PublishResult = { readonly topic: string; readonly placements: readonly Placement[] };

const source = '/alo/publish';

const naming = async <Result>(partition: number, work: () => Promise<Result>): Promise<Result> => {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PartitionStopped)) throw error;
    throw new PartitionStopped(`partition ${partition}: ${error.message}`);
  }
};

/** Writes a policy to every partition of the journal that does not have it yet, in their order. */
export const publish = async (policy: ActivePolicy, wish: PublishWish): Promise<PublishResult> => {
  const { kafka, redis, topicPrefix, keyPrefix: prefix } = wish;
  const { topic, partitions } = await journalOf(kafka, topicPrefix);
  const running = await forEachPartition(partitions, (partition) =>
    naming(partition, async () => {
      const applied = redis && (await readApplied(redis, { prefix, partition }));
      const look = { topic, partition };
      return {
        partition,
        policy: await viewPartition(kafka, look, (view) => runningPolicy(view, applied, wish.onRead)),
      };
    }),
  );
  const placements = publishPlan(policy, running);
  if (!wish.dryRun) await write(policy, topic, placements, wish);
  return { topic, placements };
};

const write = async (
  policy: ActivePolicy,
  topic: string,
  placements: readonly Placement[],
  { kafka, onWritten }: PublishWish,
): Promise<void> => {
  const wanting = placements.filter(({ does }) => does === 'write');
  if (wanting.length === 0) return;
  const text = activationText(policy, Date.now(), source);
  const writer = await openPartitionWriter(kafka, topic);
  try {
    for (const { partition } of wanting) {
      await writer.write(partition, text);
      onWritten(partition);
    }
  } finally {
    await writer.close();
  }
};
