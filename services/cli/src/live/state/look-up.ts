import { partitionOfKey, type RedisConnection, readSubscriber } from '@alo/runtime/live';
import { journalOf } from '../journal-partitions.ts';
import type { Kafka } from '../kafka.ts';
import { type Erased, type KnownSubscriber, knownSubscriber } from './known-subscriber.ts';

export type Wanted = {
  readonly subscriber: string;
  readonly topicPrefix: string;
  readonly keyPrefix: string;
  readonly withLists: boolean;
};

export type LookedUp = {
  readonly partition: number;
  /** Undefined where nothing is known. */
  readonly known: KnownSubscriber | Erased | undefined;
};

/** Looks at a subscriber in Redis, beside the engine that owns its partition. */
export const lookUp = async (
  kafka: Kafka,
  redis: RedisConnection,
  { subscriber, topicPrefix, keyPrefix, withLists }: Wanted,
): Promise<LookedUp> => {
  const { partitions } = await journalOf(kafka, topicPrefix);
  const partition = partitionOfKey(subscriber, partitions);
  const { applied, stored } = await readSubscriber(redis, { prefix: keyPrefix, partition }, subscriber);
  if (!applied || !stored) return { partition, known: undefined };
  return { partition, known: knownSubscriber({ subscriber, partition, applied, stored, withLists }) };
};
