import type { Kafka } from 'kafkajs';
import type { Fetched, FetchWish } from '../../../packages/runtime/src/kafka/fetch.ts';
import { askAgain, type Reply } from '../network.ts';
import type { Process } from '../process.ts';
import type { World } from '../world.ts';
import type { Broker, FetchedPage } from './broker.ts';
import { makeProducer } from './producer.ts';

const earliest = -2;
const readCommitted = 1;

type ListRequest = {
  readonly isolationLevel: number;
  readonly topics: readonly { topic: string; partitions: readonly { partition: number; timestamp: number }[] }[];
};
export type KafkaSide = { readonly world: World; readonly broker: Broker; readonly process: Process };

/** What a client asks of the broker that leads a partition. */
const leaderFor = ({ world, broker, process }: KafkaSide) => ({
  listOffsets: async ({ isolationLevel, topics }: ListRequest) => {
    const [{ topic, partitions }] = topics as [ListRequest['topics'][number]];
    const [{ partition, timestamp }] = partitions as [{ partition: number; timestamp: number }];
    const what = timestamp === earliest ? 'first' : isolationLevel === readCommitted ? 'stable' : 'end';
    const log = broker.log(topic, partition);
    // Where a partition begins changes so seldom that it need not be asked in a moment of its own.
    if (what === 'first') return { responses: [{ partitions: [{ partition, offset: log.first() }] }] };
    const offset = await askAgain(world, process, `${what} offset of ${log.name}`, ({ done }: Reply<number>) =>
      done(log[what]()),
    );
    return { responses: [{ partitions: [{ partition, offset }] }] };
  },
  fetchOne: async ({ topic, partition, offset, waitMs }: FetchWish): Promise<Fetched> => {
    const what = `fetch of ${topic}/${partition} from ${offset}`;
    const page = await askAgain(world, process, what, (reply: Reply<FetchedPage>) =>
      broker.fetch(broker.log(topic, partition), offset, waitMs, reply),
    );
    return { topic, partition, ...page };
  },
});

export type Leader = ReturnType<typeof leaderFor>;

const clusterFor = (side: KafkaSide) => {
  const leader = leaderFor(side);
  return {
    connect: async () => undefined,
    disconnect: async () => undefined,
    addTargetTopic: async () => undefined,
    refreshMetadata: async () => undefined,
    findLeaderForPartitions: (_topic: string, partitions: readonly number[]) => ({ 1: partitions }),
    findBroker: async () => leader,
  };
};

/** A client of Kafka as far as the adapter knows it: its producer, and the connections under it. */
export const makeKafkaClient = (side: KafkaSide): Kafka =>
  ({
    [Symbol('private:Kafka:createCluster')]: () => clusterFor(side),
    producer: ({ transactionalId }: { transactionalId: string }) => makeProducer(side, transactionalId),
  }) as unknown as Kafka;
