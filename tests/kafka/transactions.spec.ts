import { setTimeout as sleep } from 'node:timers/promises';
import { connectKafka } from '@alo/runtime/live';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Kafka } from 'kafkajs';
import { openCluster } from '../../packages/runtime/src/kafka/cluster.ts';
import { openTransactions, type Transactions } from '../../packages/runtime/src/kafka/transactions.ts';
import { describeWithServers, serversMsMax } from '../servers/describe-with-servers.ts';
import { type KafkaCluster, startKafkaCluster } from '../servers/kafka-cluster.ts';
import { committedOf } from './committed-outputs.ts';

const topics = Array.from({ length: 6 }, (_, n) => `out-${n}`);
const half = 60;
const testMsMax = 120_000;

/** Where Kafka keeps what it knows of transactions: who leads a partition of it coordinates those that are there. */
const stateTopic = '__transaction_state';
const coordinatorType = 1;
const triesMax = 300;
const retryMs = 100;
/** Who asks again waits some 4,600 ms in all. */
const waitedMsMax = 1000;

describeWithServers(['own kafka'], 'transactions over topics that several brokers lead', () => {
  let cluster: KafkaCluster;
  let kafka: Kafka;

  beforeAll(async () => {
    cluster = await startKafkaCluster();
    const settings = { KAFKA_BROKERS: cluster.brokers.split(','), KAFKA_TLS: false, KAFKA_TOPIC_PREFIX: '' };
    kafka = connectKafka(settings, { clientId: 'test' });
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({
      waitForLeaders: true,
      topics: topics.map((topic) => ({ topic, numPartitions: 1, replicationFactor: 3 })),
    });
    await admin.disconnect();
  }, serversMsMax);

  afterAll(() => cluster?.remove());

  /** Commits so many transactions one right after the other, each with a message to every topic. */
  const commitMany = async (from: number, to: number) => {
    const { commit, close } = await openTransactions(kafka, 'writer');
    try {
      for (let n = from; n < to; n += 1) {
        await commit(topics.map((topic) => ({ topic, message: { partition: 0, key: null, value: `${n}` } })));
      }
    } finally {
      await close();
    }
  };

  /**
   * What a topic holds for good. The broker answers that a transaction is committed before its markers are written:
   * whoever opens the next one waits for them, and reads after that, as a partition that is taken over does.
   */
  const committed = async (topic: string) => {
    const { close } = await openTransactions(kafka, 'writer');
    await close();
    return (await committedOf(kafka, topic, 0)).map(({ value }) => Number(value));
  };

  const untilAnswered = async <Answer>(question: () => Promise<Answer>): Promise<Answer> => {
    for (;;) {
      const answer = await question().catch(() => undefined);
      if (answer !== undefined) return answer;
    }
  };

  test(
    'write each message once, though each transaction begins before the markers of the last are written',
    async () => {
      await commitMany(0, half);
      for (const topic of topics) expect(await committed(topic)).toEqual(Array.from({ length: half }, (_, n) => n));
    },
    testMsMax,
  );

  test(
    'write each message once, and in order, while brokers go and others are elected',
    async () => {
      let done = half;
      const write = async () => {
        while (done < 2 * half) {
          // Whatever fails, who writes begins anew where the log says that it stands.
          await commitMany(done, 2 * half).catch(() => undefined);
          done = (await untilAnswered(() => committed(topics[0] as string))).length;
        }
      };
      const writing = write();
      for (const node of cluster.nodes) {
        await node.stop();
        await node.start();
      }
      await writing;
      for (const topic of topics) expect(await committed(topic)).toEqual(Array.from({ length: 2 * half }, (_, n) => n));
    },
    testMsMax,
  );

  const coordinatorOf = async (transactionalId: string): Promise<number> => {
    const client = openCluster(kafka);
    try {
      await client.connect();
      return Number((await client.findGroupCoordinator({ groupId: transactionalId, coordinatorType })).nodeId);
    } finally {
      await client.disconnect();
    }
  };

  /** Has another broker coordinate the transactions of an id; the one that did goes on with all else. */
  const moveCoordinator = async (transactionalId: string) => {
    const coordinator = await coordinatorOf(transactionalId);
    const admin = kafka.admin();
    await admin.connect();
    const { topics: found } = await admin.fetchTopicMetadata({ topics: [stateTopic] });
    const led = found.flatMap(({ partitions }) => partitions).filter(({ leader }) => leader === coordinator);
    const partitionAssignment = led.map(({ partitionId, replicas }) => ({
      partition: partitionId,
      replicas: [...replicas.filter((replica) => replica !== coordinator), coordinator],
    }));
    await admin.alterPartitionReassignments({ topics: [{ topic: stateTopic, partitionAssignment }] });
    await admin.disconnect();
    for (let tries = 1; (await untilAnswered(() => coordinatorOf(transactionalId))) === coordinator; tries += 1) {
      expect(tries).toBeLessThan(triesMax);
      await sleep(retryMs);
    }
  };

  test(
    'end without asking again once their coordinator has moved, and whoever opens anew finds the new one',
    async () => {
      const topic = topics[0] as string;
      const before = await committed(topic);
      let waitedMs = 0;
      const pause = (ms: number) => {
        waitedMs += ms;
        return sleep(ms);
      };
      const messageOf = (n: number) => [{ topic, message: { partition: 0, key: null, value: `${n}` } }];
      const done: number[] = [];
      /** The broker may still answer as coordinator for a moment after another is known to be. */
      const untilEnded = async ({ commit }: Transactions): Promise<unknown> => {
        for (let n = 0; n < triesMax; n += 1) {
          waitedMs = 0;
          const failure = await commit(messageOf(n)).catch((error: unknown) => error);
          if (failure !== undefined) return failure;
          done.push(n);
          await sleep(retryMs);
        }
        return undefined;
      };

      const old = await openTransactions(kafka, 'writer', pause);
      await moveCoordinator('writer');
      expect(await untilEnded(old)).toMatchObject({ type: 'NOT_COORDINATOR_FOR_GROUP' });
      expect(waitedMs).toBeLessThan(waitedMsMax);
      await old.close();

      const anew = await openTransactions(kafka, 'writer', pause);
      await anew.commit(messageOf(triesMax));
      await anew.close();
      expect(await committed(topic)).toEqual([...before, ...done, triesMax]);
    },
    testMsMax,
  );
});
