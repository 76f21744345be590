import type { Kafka } from 'kafkajs';
import type { Fetched, FetchWish } from '../../../packages/runtime/src/kafka/fetch.ts';
import { askAgain, type Reply } from '../network.ts';
import type { Process } from '../process.ts';
import type { World } from '../world.ts';
import type { Broker, FetchedPage } from './broker.ts';
import type { PartitionLog } from './partition-log.ts';
import { coordinatorFor, produceFor } from './transactions.ts';

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

const anyNode = '1';

/** Connections of a client, and who led each partition when it asked last. */
const clusterFor = (side: KafkaSide) => {
  const { broker } = side;
  const known = new Map<PartitionLog, string>();
  const brokers = new Map<string, object>();
  const brokerAt = (nodeId: string) => {
    const found = brokers.get(nodeId) ?? {
      nodeId,
      ...leaderFor(side),
      ...coordinatorFor(side),
      produce: produceFor(side, nodeId),
    };
    brokers.set(nodeId, found);
    return found;
  };
  const leaderOf = (log: PartitionLog): string => {
    const found = known.get(log) ?? broker.leaderOf(log);
    known.set(log, found);
    return found;
  };
  return {
    connect: async () => undefined,
    disconnect: async () => undefined,
    addTargetTopic: async () => undefined,
    addMultipleTargetTopics: async () => undefined,
    refreshMetadata: async () => known.clear(),
    findLeaderForPartitions: (topic: string, partitions: readonly number[]) => ({
      [leaderOf(broker.log(topic, partitions[0] as number))]: partitions,
    }),
    findBroker: async ({ nodeId }: { readonly nodeId: string }) => brokerAt(nodeId),
    findGroupCoordinator: async () => brokerAt(anyNode),
  };
};

/** A client of Kafka as far as the adapter knows it: the connections under it. */
export const makeKafkaClient = (side: KafkaSide): Kafka =>
  ({ [Symbol('private:Kafka:createCluster')]: () => clusterFor(side) }) as unknown as Kafka;
