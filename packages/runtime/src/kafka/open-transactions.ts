import type { Kafka } from 'kafkajs';
import { InfrastructureError, WrongUse } from '../errors.ts';
import { type Broker, type Cluster, onceLed, openCluster } from './cluster.ts';
import { createErrorFromCode } from './fetch.ts';
import { type Answer, askFlexibly, int32s, int64s, readInt64, readStructs, struct } from './flexible-requests.ts';
import { keyOf, leadersOf, type Part } from './led-partitions.ts';
import { reasonOf } from './reason-of.ts';
import { ask } from './topics-there.ts';
import { openTransactions } from './transactions.ts';

/** A transaction that is open in a partition, as the partition's leader knows it. */
export type OpenTransaction = Part & {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly coordinatorEpoch: number;
  /** Its first record there. */
  readonly fromOffset: number;
  /** The time of its last record, in ms since 1970. */
  readonly lastWrittenAtMs: number;
};

/** What a producer writes in transactions, as its coordinator knows it. */
export type KnownTransaction = {
  readonly transactionalId: string;
  /** Kafka's word for how far the last one is. */
  readonly state: string;
  /** The coordinator has not ended it yet, and will. */
  readonly isUnfinished: boolean;
  /** The broker that coordinates it. */
  readonly coordinator: number;
};

const whatIsWrong: Readonly<Record<string, string>> = {
  TOPIC_AUTHORIZATION_FAILED: 'this user may not read the topic',
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 'this user may not write under that transactional id',
  CLUSTER_AUTHORIZATION_FAILED: 'this user needs the right to ALTER the cluster',
  INVALID_PRODUCER_EPOCH: 'its producer has gone on meanwhile: look again',
  TRANSACTION_COORDINATOR_FENCED: 'its coordinator has changed meanwhile: look again',
};

const faultOf = (what: string, error: unknown): Error => {
  const { type = '' } = error as { readonly type?: string };
  const sentence = `${what}: ${whatIsWrong[type] ?? reasonOf(error)}`;
  return type.endsWith('AUTHORIZATION_FAILED') ? new WrongUse(sentence) : new InfrastructureError(sentence);
};

const refuse = (errorCode: number): void => {
  if (errorCode !== 0) throw createErrorFromCode(errorCode);
};

/** Over connections that are closed again. */
const withCluster = async <Found>(
  kafka: Kafka,
  what: string,
  use: (cluster: Cluster) => Promise<Found>,
): Promise<Found> => {
  const cluster = openCluster(kafka);
  try {
    return await use(cluster);
  } catch (error) {
    throw faultOf(what, error);
  } finally {
    await cluster.disconnect().catch(() => undefined);
  }
};

const askLeader = <Found>(cluster: Cluster, part: Part, question: (leader: Broker) => Promise<Found>): Promise<Found> =>
  onceLed(async () => {
    const led = await leadersOf(cluster, [part.topic]);
    const leader = led.find(({ parts }) => parts.some((one) => keyOf(one) === keyOf(part)));
    if (!leader) throw new Error('it has no leader now');
    return question(leader.broker);
  });

const named = ({ topic, partition }: Part): string => `partition ${partition} of ${topic}`;

const topicWith = ({ topic, partition }: Part) =>
  struct((empty) => empty.writeUVarIntString(topic).writeUVarIntArray(int32s([partition])));

/** Those who write to a partition in transactions; where one is open, from which offset on. */
const producerIn = (answer: Answer): Omit<OpenTransaction, keyof Part> => {
  const producerId = readInt64(answer);
  const producerEpoch = answer.readInt32();
  answer.readInt32(); // the number of its last record, which nobody asks for
  const lastWrittenAtMs = readInt64(answer);
  const coordinatorEpoch = answer.readInt32();
  return { producerId, producerEpoch, lastWrittenAtMs, coordinatorEpoch, fromOffset: readInt64(answer) };
};

const describeProducers = (part: Part) => ({
  apiKey: 61,
  apiVersion: 0,
  apiName: 'DescribeProducers',
  body: struct((empty) => empty.writeUVarIntArray([topicWith(part)])),
  read: (answer: Answer): Omit<OpenTransaction, keyof Part>[] => {
    answer.readInt32();
    return readStructs(answer, (topic) => {
      topic.readUVarIntString();
      return readStructs(topic, (partition) => {
        partition.readInt32();
        const errorCode = partition.readInt16();
        partition.readUVarIntString();
        refuse(errorCode);
        return readStructs(partition, producerIn);
      });
    }).flat(2);
  },
});

/** The transactions that are open in a partition. Rejects with InfrastructureError, or with WrongUse for want of rights. */
export const transactionsOpenIn = (kafka: Kafka, part: Part): Promise<OpenTransaction[]> =>
  withCluster(kafka, `${named(part)} cannot be asked who writes there`, async (cluster) => {
    const producers = await askLeader(cluster, part, (leader) => askFlexibly(leader, describeProducers(part)));
    return producers.filter(({ fromOffset }) => fromOffset >= 0).map((producer) => ({ ...part, ...producer }));
  });

const finished = new Set(['Empty', 'CompleteCommit', 'CompleteAbort', 'Dead']);

const listTransactions = (producerId: number) => ({
  apiKey: 66,
  apiVersion: 0,
  apiName: 'ListTransactions',
  body: struct((empty) => empty.writeUVarIntArray([]).writeUVarIntArray(int64s([producerId]))),
  read: (answer: Answer): Omit<KnownTransaction, 'coordinator'>[] => {
    answer.readInt32();
    refuse(answer.readInt16());
    answer.readUVarIntArray((state) => state.readUVarIntString());
    return readStructs(answer, (one) => {
      const transactionalId = one.readUVarIntString() ?? '';
      readInt64(one);
      const state = one.readUVarIntString() ?? '';
      return { transactionalId, state, isUnfinished: !finished.has(state) };
    });
  },
});

/**
 * What the coordinators know of a producer: each broker coordinates some, so all are asked. They tell only of those that
 * this user may describe.
 */
export const knownTransactions = async (kafka: Kafka, producerId: number): Promise<KnownTransaction[]> => {
  const { brokers } = await ask(kafka, (admin) => admin.describeCluster());
  return withCluster(kafka, 'the coordinators cannot be asked for transactions', async (cluster) => {
    await cluster.connect();
    await cluster.refreshMetadata();
    const told = brokers.map(async ({ nodeId }) => {
      const broker = await cluster.findBroker({ nodeId: `${nodeId}` });
      const listed = await askFlexibly(broker, listTransactions(producerId));
      return listed.map((one) => ({ ...one, coordinator: nodeId }));
    });
    return (await Promise.all(told)).flat();
  });
};

/**
 * Whoever writes under a transactional id can end nothing from now on that it has begun; an engine then recovers.
 * Rejects with InfrastructureError, or with WrongUse for want of rights.
 */
export const fenceWriter = async (kafka: Kafka, transactionalId: string): Promise<void> => {
  try {
    const transactions = await openTransactions(kafka, transactionalId);
    await transactions.close();
  } catch (error) {
    throw faultOf(`${transactionalId} cannot be fenced`, error);
  }
};

/** A producer that has never ended a transaction there has no coordinator's epoch; 0 is below that of any. */
const noEpoch = 0;

const writeAbortMarker = ({ producerId, producerEpoch, coordinatorEpoch, ...part }: OpenTransaction) => ({
  apiKey: 27,
  apiVersion: 1,
  apiName: 'WriteTxnMarkers',
  body: struct((empty) =>
    empty.writeUVarIntArray([
      struct((marker) =>
        marker
          .writeInt64(producerId)
          .writeInt16(producerEpoch)
          .writeBoolean(false)
          .writeUVarIntArray([topicWith(part)])
          .writeInt32(Math.max(noEpoch, coordinatorEpoch)),
      ),
    ]),
  ),
  read: (answer: Answer): void => {
    readStructs(answer, (marker) => {
      readInt64(marker);
      return readStructs(marker, (topic) => {
        topic.readUVarIntString();
        return readStructs(topic, (partition) => {
          partition.readInt32();
          refuse(partition.readInt16());
        });
      });
    });
  },
});

/**
 * Ends a transaction in one partition as aborted, over the head of its coordinator: what a coordinator does that has
 * not lost it. Rejects with InfrastructureError, or with WrongUse for want of rights.
 */
export const abortTransaction = (kafka: Kafka, transaction: OpenTransaction): Promise<void> =>
  withCluster(kafka, `the transaction in ${named(transaction)} cannot be ended`, (cluster) =>
    askLeader(cluster, transaction, (leader) => askFlexibly(leader, writeAbortMarker(transaction))),
  );
