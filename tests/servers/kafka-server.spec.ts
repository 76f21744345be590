import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Consumer, Kafka, type KafkaConfig, logLevel, type SASLOptions } from 'kafkajs';
import { describeWithServers, serversMsMax } from './describe-with-servers.ts';
import { type KafkaServer, startKafka } from './kafka-server.ts';
import { isAlive } from './processes.ts';

const topic = 'charges';
const restartMsMax = 60_000;
const alice = { mechanism: 'SCRAM-SHA-256', name: 'alice', password: 'a secret' } as const;

const clientOf = (brokers: string, config: Partial<KafkaConfig> = {}) =>
  new Kafka({
    brokers: [brokers],
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 50, maxRetryTime: 500, retries: 20, restartOnFailure: async () => !isOver },
    ...config,
  });

const makeTopic = async (client: Kafka) => {
  const admin = client.admin();
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: 1, replicationFactor: 1 }] });
  await admin.disconnect();
};

/** Sends these in one transaction, and ends it. */
const transact = async (client: Kafka, values: readonly string[], end: 'commit' | 'abort') => {
  const producer = client.producer({ transactionalId: 'payer', maxInFlightRequests: 1 });
  await producer.connect();
  const transaction = await producer.transaction();
  await transaction.send({ topic, messages: values.map((value) => ({ value, partition: 0 })) });
  await transaction[end]();
  await producer.disconnect();
};

/** Of a test that fails, too: one that goes on asking would keep jest from ending. */
const consumers: Consumer[] = [];
let isOver = false;

/** The first so many values that a reader of committed ones is given. */
const committed = async (client: Kafka, count: number): Promise<string[]> => {
  const consumer = client.consumer({ groupId: `reader-${Math.random()}`, maxWaitTimeInMs: 100 });
  consumers.push(consumer);
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const values: string[] = [];
  await new Promise<void>((resolve) => {
    void consumer.run({
      eachMessage: async ({ message }) => {
        if (values.push(String(message.value)) === count) resolve();
      },
    });
  });
  await consumer.disconnect();
  return values;
};

describeWithServers(['own kafka'], 'a Kafka of a test', () => {
  let kafka: KafkaServer;
  let client: Kafka;

  beforeAll(async () => {
    kafka = await startKafka({
      listeners: { GUARDED: 'SASL_PLAINTEXT' },
      scramUsers: [alice],
      properties: {
        'sasl.enabled.mechanisms': 'SCRAM-SHA-256',
        'listener.name.guarded.scram-sha-256.sasl.jaas.config':
          'org.apache.kafka.common.security.scram.ScramLoginModule required;',
      },
    });
    client = clientOf(kafka.brokers);
    await makeTopic(client);
  }, serversMsMax);
  afterAll(async () => {
    isOver = true;
    await Promise.all(consumers.map((consumer) => consumer.disconnect()));
    await kafka?.remove();
  });

  test(
    'shows what a transaction committed, and not what one gave up',
    async () => {
      await transact(client, ['never'], 'abort');
      await transact(client, ['one', 'two'], 'commit');
      expect(await committed(client, 2)).toEqual(['one', 'two']);
    },
    restartMsMax,
  );

  test(
    'has after a kill, on the same port, what was committed before',
    async () => {
      const before = kafka.pid();
      await kafka.kill();
      expect(isAlive(before)).toBe(false);
      expect(kafka.pid()).toBeUndefined();
      await kafka.start();
      expect(kafka.pid()).not.toBe(before);
      await transact(client, ['three'], 'commit');
      expect(await committed(client, 3)).toEqual(['one', 'two', 'three']);
    },
    restartMsMax,
  );

  test(
    'stops by itself, and has all of it when it starts again',
    async () => {
      await kafka.stop();
      expect(kafka.pid()).toBeUndefined();
      await kafka.start();
      expect(await committed(client, 3)).toEqual(['one', 'two', 'three']);
    },
    restartMsMax,
  );

  test(
    'answers nothing while it is paused, and then what it was asked meanwhile',
    async () => {
      await kafka.pause();
      const read = committed(client, 3);
      expect(await Promise.race([read, sleep(500, 'nothing')])).toBe('nothing');
      await kafka.resume();
      expect(await read).toEqual(['one', 'two', 'three']);
    },
    restartMsMax,
  );

  test.each([
    { password: 'a secret', outcome: 'let in' },
    { password: 'a guess', outcome: 'refused' },
  ])('at a listener with passwords, $password is $outcome', async ({ password, outcome }) => {
    const sasl: SASLOptions = { mechanism: 'scram-sha-256', username: alice.name, password };
    const admin = clientOf(kafka.listeners.GUARDED!, { sasl, retry: { retries: 0 } }).admin();
    const connected = admin.connect().then(
      () => 'let in',
      () => 'refused',
    );
    expect(await connected).toBe(outcome);
    await admin.disconnect();
  });

  test('makes no topic because somebody sends to it', async () => {
    const producer = clientOf(kafka.brokers, { retry: { retries: 2 } }).producer();
    await producer.connect();
    const sent = producer.send({ topic: 'charged', messages: [{ value: 'lost' }] });
    await expect(sent).rejects.toThrow(/does not host/);
    await producer.disconnect();
  });

  test('leaves neither a process nor a folder', async () => {
    const pid = kafka.pid();
    expect({ isAlive: isAlive(pid), hasFolder: existsSync(kafka.dataDir) }).toEqual({ isAlive: true, hasFolder: true });
    await kafka.remove();
    expect({ isAlive: isAlive(pid), hasFolder: existsSync(kafka.dataDir) }).toEqual({
      isAlive: false,
      hasFolder: false,
    });
  });
});
