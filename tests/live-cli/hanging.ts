import { setTimeout as sleep } from 'node:timers/promises';
import { openCluster } from '../../packages/runtime/src/kafka/cluster.ts';
import type { Operator } from './operator.ts';

export type Place = { readonly topic: string; readonly partition: number };

/** Kafka's number for who coordinates transactions, and not groups. */
const coordinatorType = 1;

type RawBroker = {
  readonly initProducerId: (of: object) => Promise<{ readonly producerId: string; readonly producerEpoch: number }>;
  readonly produce: (request: object) => Promise<unknown>;
};
type RawCluster = {
  readonly findGroupCoordinator: (of: object) => Promise<RawBroker>;
  readonly findBroker: (of: object) => Promise<RawBroker>;
};

const triesMax = 100;
const retryMs = 100;

/** A broker that has just started may not know yet who coordinates. */
const onceCoordinated = async <Answer>(question: () => Promise<Answer>): Promise<Answer> => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await question();
    } catch (error) {
      if (!(error as { retriable?: boolean }).retriable || tries === triesMax) throw error;
      await sleep(retryMs);
    }
  }
};

/**
 * Leaves a transaction open whose end no broker will write: its records go to partitions that its coordinator was never
 * told of. A broker takes them that does not ask (`transaction.partition.verification.enable=false`).
 */
export const leaveHanging = async (
  { kafka }: Operator,
  { transactionalId, places }: { readonly transactionalId: string; readonly places: readonly Place[] },
): Promise<{ readonly producerId: number; readonly producerEpoch: number }> => {
  const cluster = openCluster(kafka);
  const raw = cluster as unknown as RawCluster;
  try {
    await cluster.connect();
    const producer = await onceCoordinated(async () => {
      const coordinator = await raw.findGroupCoordinator({ groupId: transactionalId, coordinatorType });
      return coordinator.initProducerId({ transactionalId, transactionTimeout: 60_000 });
    });
    for (const { topic, partition } of places) {
      await cluster.addTargetTopic(topic);
      const [nodeId] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]));
      const messages = [{ key: 'lost', value: 'lost' }];
      await (await raw.findBroker({ nodeId })).produce({
        transactionalId,
        ...producer,
        topicData: [{ topic, partitions: [{ partition, firstSequence: 0, messages }] }],
      });
    }
    return { producerId: Number(producer.producerId), producerEpoch: producer.producerEpoch };
  } finally {
    await cluster.disconnect();
  }
};
