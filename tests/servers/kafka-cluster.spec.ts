import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Admin, ConfigResourceTypes, Kafka, logLevel, type Producer } from 'kafkajs';
import { openProxy, type TcpProxy } from '../chaos/tcp-proxy.ts';
import { describeWithServers, serversMsMax } from './describe-with-servers.ts';
import { type KafkaCluster, startKafkaCluster } from './kafka-cluster.ts';

const topic = 'charges';
const testMsMax = 120_000;
const pollMs = 50;

/** Tries again for longer than a new leader takes on a busy machine. */
const patient = { initialRetryTime: 50, maxRetryTime: 500, retries: 100 };

const clientOf = (brokers: readonly string[], retry = patient) =>
  new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING, retry, connectionTimeout: 2_000 });

const untilAsync = async (isSo: () => Promise<boolean>) => {
  for (const startedMs = Date.now(); !(await isSo()); await sleep(pollMs)) {
    if (Date.now() - startedMs > testMsMax) throw new Error(`not so after ${testMsMax} ms: ${isSo}`);
  }
};

describeWithServers(['jdk'], 'a Kafka of three nodes', () => {
  let cluster: KafkaCluster;
  let ways: TcpProxy[];
  let admin: Admin;
  let producer: Producer;

  const addressesOfWays = () => ways.map(({ port }) => `localhost:${port}`);

  beforeAll(async () => {
    ways = await Promise.all([0, 1, 2].map((node) => openProxy({ target: () => cluster?.nodes[node]?.ports.AROUND })));
    cluster = await startKafkaCluster({
      listeners: { AROUND: { security: 'PLAINTEXT', advertised: (node) => ways[node]!.port } },
    });
    const client = clientOf(cluster.brokers.split(','));
    admin = client.admin();
    producer = client.producer({ idempotent: true });
    await Promise.all([admin.connect(), producer.connect()]);
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: 1 }] });
  }, serversMsMax);

  afterAll(async () => {
    await Promise.all([admin?.disconnect(), producer?.disconnect()]);
    await Promise.all([cluster?.remove(), ...(ways ?? []).map((way) => way.close())]);
  }, serversMsMax);

  const partitionOf = async () => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return topics[0]!.partitions[0]!;
  };

  const send = (...values: string[]) =>
    producer.send({ topic, acks: -1, messages: values.map((value) => ({ value, partition: 0 })) });

  /** All that is there. */
  const sent = async (): Promise<string[]> => {
    const [end] = await admin.fetchTopicOffsets(topic);
    const values: string[] = [];
    const consumer = clientOf(cluster.brokers.split(',')).consumer({ groupId: `reader-${Math.random()}` });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({ eachMessage: async ({ message }) => void values.push(String(message.value)) });
    await untilAsync(async () => values.length >= Number(end!.high));
    await consumer.disconnect();
    return values;
  };

  test.each([
    { name: 'min.insync.replicas', value: '2' },
    { name: 'unclean.leader.election.enable', value: 'false' },
  ])('keeps a topic with $name $value', async ({ name, value }) => {
    const asked = { type: ConfigResourceTypes.TOPIC, name: topic, configNames: [name] };
    const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [asked] });
    expect(resources[0]!.configEntries.map(({ configValue }) => configValue)).toEqual([value]);
  });

  test('keeps a topic on all of them', async () => {
    const { replicas, isr } = await partitionOf();
    expect([replicas.toSorted(), isr.toSorted()]).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
  });

  test(
    'loses nothing when the leader is killed: another leads, until the first one is back',
    async () => {
      const { leader } = await partitionOf();
      const killed = cluster.nodes.find(({ id }) => id === leader)!;
      await send('before');
      await killed.kill();
      await send('while it is down');
      expect((await partitionOf()).leader).not.toBe(leader);
      await killed.start();
      await untilAsync(async () => (await partitionOf()).leader === leader);
      await send('after');
      expect(await sent()).toEqual(['before', 'while it is down', 'after']);
    },
    testMsMax,
  );

  test(
    'sends clients of an advertised listener through its proxies, and loses them with these',
    async () => {
      const around = clientOf(addressesOfWays(), { ...patient, retries: 0 });
      const there = around.admin();
      const send = async (value: string) => {
        const producer = around.producer();
        try {
          await producer.connect();
          await producer.send({ topic, messages: [{ value }] });
          return 'sent';
        } catch {
          return 'not sent';
        } finally {
          await producer.disconnect();
        }
      };
      await there.connect();
      const { brokers } = await there.describeCluster();
      expect(brokers.map(({ port }) => port).toSorted()).toEqual(ways.map(({ port }) => port).toSorted());
      expect(await send('around')).toBe('sent');
      await Promise.all(ways.map((way) => way.refuse()));
      expect(await send('around')).toBe('not sent');
      await Promise.all(ways.map((way) => way.allow()));
      expect(await send('around')).toBe('sent');
      await there.disconnect();
    },
    testMsMax,
  );
});
