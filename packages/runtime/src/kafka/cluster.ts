import { setTimeout as delay } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import { InfrastructureError, PartitionStopped } from '../errors.ts';
import { requestRetry } from './connection.ts';
import { type Fetched, fetchFrom } from './fetch.ts';
import type { Pause } from './last-receipt.ts';

type Partition = { readonly partition: number; readonly errorCode: number };
type ListedPartition = Partition & { readonly offset?: string; readonly offsets?: readonly string[] };
type Responses<Item> = {
  readonly responses: readonly {
    readonly topic?: string;
    readonly topicName?: string;
    readonly partitions: readonly Item[];
  }[];
};

export type Broker = {
  readonly versions: Readonly<Record<number, { readonly minVersion: number; readonly maxVersion: number }>> | null;
  readonly nodeId: string;
  readonly listOffsets: (request: object) => Promise<Responses<ListedPartition>>;
  /** Rejects with the first error of a partition. */
  readonly produce: (request: object) => Promise<unknown>;
  readonly initProducerId: (
    request: object,
  ) => Promise<{ readonly producerId: string; readonly producerEpoch: number }>;
  readonly addPartitionsToTxn: (request: object) => Promise<unknown>;
  readonly endTxn: (request: object) => Promise<unknown>;
};

export type Cluster = {
  readonly connect: () => Promise<void>;
  readonly disconnect: () => Promise<void>;
  readonly addTargetTopic: (topic: string) => Promise<void>;
  readonly addMultipleTargetTopics: (topics: readonly string[]) => Promise<void>;
  readonly refreshMetadata: () => Promise<void>;
  readonly findLeaderForPartitions: (topic: string, partitions: readonly number[]) => Record<string, number[]>;
  readonly findTopicPartitionMetadata: (topic: string) => readonly { readonly partitionId: number }[];
  /** Connects to it first where need be. */
  readonly findBroker: (of: { readonly nodeId: string }) => Promise<Broker>;
  readonly findGroupCoordinator: (of: object) => Promise<Broker>;
};

type MakeCluster = (options: object) => Cluster;

/** The client's own way to make connections, which it shows to nobody. */
const makeClusterOf = (kafka: Kafka): MakeCluster => {
  const key = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  );
  if (!key) throw new Error('this kafkajs has no createCluster');
  return (kafka as unknown as Record<symbol, MakeCluster>)[key] as MakeCluster;
};

/** Where a partition of a topic begins, where what is committed ends, and where all ends. */
export type Bounds = { readonly first: number; readonly stable: number; readonly end: number };

export type FetchOptions = {
  readonly offset: number;
  /** How long the broker may wait for something new. */
  readonly waitMs: number;
  readonly bytesMax: number;
};

const earliest = -2;
const latest = -1;
const readUncommitted = 0;
const readCommitted = 1;

/** Who leads a partition may just be changing: right after a topic was made, or a broker has gone. */
const leaderTriesMax = 20;
const leaderRetryMs = 50;
const leaderErrors = new Set([
  'NOT_LEADER_FOR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
]);
export const isOfLeader = (error: unknown): boolean => leaderErrors.has((error as { type?: string }).type ?? '');

/** Asks again, for about a second, while nobody leads what is asked for; what fails otherwise fails at once. */
export const onceLed = async <Answer>(question: () => Promise<Answer>, pause: Pause = delay): Promise<Answer> => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await question();
    } catch (error) {
      if (!isOfLeader(error) || tries === leaderTriesMax) throw error;
      await pause(leaderRetryMs);
    }
  }
};

const offsetOf = ({ responses }: Responses<ListedPartition>): number => {
  const partition = responses[0]?.partitions[0];
  return Number(partition?.offset ?? partition?.offsets?.[0]);
};

/** Kafka's answer in a sentence: what was asked for, and why it cannot be had. */
export const kafkaFault = (what: string, error: unknown): Error => {
  const { message, type } = error as { message: string; type?: string };
  if (type === 'OFFSET_OUT_OF_RANGE')
    return new PartitionStopped(`${what}: the log no longer holds that offset, or does not yet`);
  return new InfrastructureError(`${what}: ${message}`);
};

/** Connections of one's own to the brokers. */
export const openCluster = (kafka: Kafka): Cluster =>
  makeClusterOf(kafka)({ metadataMaxAge: 300_000, allowAutoTopicCreation: false, retry: requestRetry });

/**
 * Reads one partition of a topic as it lies there: by Fetch and ListOffsets, over connections of its own. No group, no
 * filter, no position but the one that is asked for.
 * @throws InfrastructureError, after which the next call asks anew who leads the partition.
 */
export const openReader = (kafka: Kafka, topic: string, partition: number) => {
  const cluster = openCluster(kafka);
  let leader: Promise<Broker> | undefined;

  const findLeader = async (): Promise<Broker> => {
    await cluster.connect();
    await cluster.addTargetTopic(topic);
    await cluster.refreshMetadata();
    const [nodeId] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]));
    if (nodeId === undefined) throw new Error('it has no leader now');
    return cluster.findBroker({ nodeId });
  };

  const askOnce = async <Answer>(question: (broker: Broker) => Promise<Answer>): Promise<Answer> => {
    leader ??= findLeader();
    try {
      return await question(await leader);
    } catch (error) {
      leader = undefined;
      throw error;
    }
  };

  const ask = async <Answer>(question: (broker: Broker) => Promise<Answer>): Promise<Answer> => {
    try {
      return await onceLed(() => askOnce(question));
    } catch (error) {
      throw kafkaFault(`partition ${partition} of ${topic} cannot be read`, error);
    }
  };

  const list = (broker: Broker, timestamp: number, isolationLevel: number): Promise<number> =>
    broker.listOffsets({ isolationLevel, topics: [{ topic, partitions: [{ partition, timestamp }] }] }).then(offsetOf);

  return {
    bounds: (): Promise<Bounds> =>
      ask(async (broker) => {
        const first = await list(broker, earliest, readUncommitted);
        const stable = await list(broker, latest, readCommitted);
        return { first, stable, end: await list(broker, latest, readUncommitted) };
      }),
    fetch: (wish: FetchOptions): Promise<Fetched> =>
      ask(async (broker) => (await fetchFrom(broker, [{ topic, partition, ...wish }]))[0] as Fetched),
    close: () => cluster.disconnect().catch(() => undefined),
  };
};

export type Reader = ReturnType<typeof openReader>;
