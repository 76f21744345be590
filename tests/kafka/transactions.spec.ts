import { connectKafka } from '@alo/runtime/live';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Kafka } from 'kafkajs';
import { openTransactions } from '../../packages/runtime/src/kafka/transactions.ts';
import { describeWithServers, serversMsMax } from '../servers/describe-with-servers.ts';
import { type KafkaCluster, startKafkaCluster } from '../servers/kafka-cluster.ts';
import { committedOf } from './committed-outputs.ts';

const topics = Array.from({ length: 6 }, (_, n) => `out-${n}`);
const half = 60;
const testMsMax = 120_000;

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
});
