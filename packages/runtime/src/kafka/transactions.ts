import { setTimeout as realPause } from 'node:timers/promises';
import type { Kafka, Message } from 'kafkajs';
import { type Cluster, isOfLeader, onceLed, openCluster } from './cluster.ts';
import type { Pause } from './last-receipt.ts';

/** The broker writes the markers of a transaction after it has answered: the next one waits for that, in small steps. */
const firstWaitMs = 2;
const waitGrowth = 1.5;
const waitMsMax = 1000;
const waitsMax = 18;

const transactionTimeoutMs = 15_000;
const acknowledgedWithinMs = 10_000;
/** So much is sent to the brokers at once: no batch of it comes near to what a topic takes at least. */
const messagesMax = 1000;
const lengthMax = 256 * 1024;

const coordinatorOfTransactions = 1;
const everyReplica = -1;
const uncompressed = 0;

export type Addressed = { readonly topic: string; readonly message: Message };

/** What one partition gets at once. Its number is that of its first message: who sends it again sends that number. */
type Batch = {
  readonly topic: string;
  readonly partition: number;
  readonly messages: readonly Message[];
  readonly firstSequence: number;
};

type Sent = { readonly failed: readonly Batch[]; readonly error: unknown } | undefined;

/** The coordinator has done nothing, for it has not come to it yet. */
const notYet = ['CONCURRENT_TRANSACTIONS', 'GROUP_LOAD_IN_PROGRESS'];
/** Whoever was asked is no coordinator, or none any more: it is to be looked for again. */
const elsewhere = ['GROUP_COORDINATOR_NOT_AVAILABLE', 'NOT_COORDINATOR_FOR_GROUP'];

type Asked<Answer> = { readonly question: () => Promise<Answer>; readonly passing: readonly string[] };

/** Asks again, in small steps, after an error that passes. */
const onceFree = async <Answer>({ question, passing }: Asked<Answer>, pause: Pause): Promise<Answer> => {
  for (let waits = 0, waitMs = firstWaitMs; ; waits += 1, waitMs = Math.min(waitMsMax, waitMs * waitGrowth)) {
    try {
      return await question();
    } catch (error) {
      const { type = '' } = error as { readonly type?: string };
      if (!passing.includes(type) || waits === waitsMax) throw error;
      await pause(waitMs);
    }
  }
};

const lengthOf = ({ value, headers = {} }: Message): number => {
  let length = value?.length ?? 0;
  for (const name in headers) length += headers[name]?.length ?? 0;
  return length;
};

const partsOf = (messages: readonly Addressed[]): Addressed[][] => {
  const parts: Addressed[][] = [];
  let part: Addressed[] = [];
  let length = 0;
  for (const addressed of messages) {
    const more = lengthOf(addressed.message);
    if (part.length === messagesMax || (part.length > 0 && length + more > lengthMax)) {
      parts.push(part);
      part = [];
      length = 0;
    }
    part.push(addressed);
    length += more;
  }
  if (part.length > 0) parts.push(part);
  return parts;
};

const placeOf = ({ topic, message }: Addressed): string => `${topic}/${message.partition}`;

const byTopic = <Of extends { readonly topic: string }, Wanted>(items: readonly Of[], wanted: (item: Of) => Wanted) =>
  [...Map.groupBy(items, ({ topic }) => topic)].map(([topic, own]) => ({ topic, partitions: own.map(wanted) }));

/** Who leads a partition, as far as the client knows. */
const leaderOf = (cluster: Cluster, { topic, partition }: Batch): string => {
  const [nodeId] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]));
  if (nodeId !== undefined) return nodeId;
  throw Object.assign(new Error(`${topic} has no leader now`), { type: 'LEADER_NOT_AVAILABLE' });
};

/**
 * The only one who writes under a transactional id from now on: all others who did are fenced, and what they left open
 * is aborted. Whatever fails, throw it away: what became of its last transaction only the log knows.
 *
 * The client's own producer is not used: where the partitions of a send have several leaders and one of them fails, it
 * sends to the others anew, under new numbers, what they have taken already.
 */
export const openTransactions = async (kafka: Kafka, transactionalId: string, pause: Pause = realPause) => {
  const cluster = openCluster(kafka);
  const close = () => cluster.disconnect().catch(() => undefined);

  const begin = async () => {
    const coordinator = await cluster.findGroupCoordinator({
      groupId: transactionalId,
      coordinatorType: coordinatorOfTransactions,
    });
    const asked = { transactionalId, transactionTimeout: transactionTimeoutMs };
    const { producerId, producerEpoch } = await coordinator.initProducerId(asked);
    return { nodeId: coordinator.nodeId, identity: { transactionalId, producerId, producerEpoch } };
  };

  const fence = async () => {
    try {
      await cluster.connect();
      return await onceFree({ question: begin, passing: [...notYet, ...elsewhere] }, pause);
    } catch (error) {
      await close();
      throw error;
    }
  };

  const { nodeId, identity } = await fence();
  const sequences = new Map<string, number>();

  /** A coordinator that has moved answers that it is none, and is not looked for: that is left to who opens anew. */
  const coordinator = () => cluster.findBroker({ nodeId });

  const numbered = ([place, own]: [string, Addressed[]]): Batch => {
    const firstSequence = sequences.get(place) ?? 0;
    // Numbers begin again behind the greatest of 32 bits with a sign.
    sequences.set(place, (firstSequence + own.length) & 0x7fffffff);
    const [{ topic, message }] = own as [Addressed];
    return {
      topic,
      partition: message.partition as number,
      messages: own.map((addressed) => addressed.message),
      firstSequence,
    };
  };

  const sendTo = async (leader: string, batches: readonly Batch[]): Promise<Sent> => {
    const topicData = byTopic(batches, ({ partition, firstSequence, messages }) => ({
      partition,
      firstSequence,
      messages,
    }));
    try {
      const broker = await cluster.findBroker({ nodeId: leader });
      await broker.produce({
        ...identity,
        acks: everyReplica,
        timeout: acknowledgedWithinMs,
        compression: uncompressed,
        topicData,
      });
      return undefined;
    } catch (error) {
      return { failed: batches, error };
    }
  };

  /** What another broker leads by now is sent there, once all answers are in, and under the same number. */
  const produce = async (batches: readonly Batch[]): Promise<void> => {
    let rest = batches;
    let isAgain = false;
    await onceLed(async () => {
      if (isAgain) await cluster.refreshMetadata();
      isAgain = true;
      const led = Map.groupBy(rest, (batch) => leaderOf(cluster, batch));
      const sent = await Promise.all([...led].map(([leader, own]) => sendTo(leader, own)));
      const failures = sent.filter((one) => one !== undefined);
      rest = failures.flatMap(({ failed }) => failed);
      const first = failures.find(({ error }) => !isOfLeader(error)) ?? failures[0];
      if (first) throw first.error;
    }, pause);
  };

  const begun = async (messages: readonly Addressed[]): Promise<void> => {
    const places = [...new Map(messages.map((addressed) => [placeOf(addressed), addressed])).values()];
    const topics = byTopic(places, ({ message }) => message.partition as number);
    await cluster.addMultipleTargetTopics(topics.map(({ topic }) => topic));
    const question = async () => (await coordinator()).addPartitionsToTxn({ ...identity, topics });
    await onceFree({ question, passing: notYet }, pause);
  };

  return {
    /** One transaction with all of these, each to its own partition. */
    commit: async (messages: readonly Addressed[]): Promise<void> => {
      await begun(messages);
      for (const part of partsOf(messages)) await produce([...Map.groupBy(part, placeOf)].map(numbered));
      await (await coordinator()).endTxn({ ...identity, transactionResult: true });
    },
    close,
  };
};

export type Transactions = Awaited<ReturnType<typeof openTransactions>>;
