import { setTimeout as sleep } from 'node:timers/promises';
import { topics } from '@alo/contracts';
import { PartitionStopped, type Receipt } from '@alo/runtime';
import { expect, test } from '@jest/globals';
import type { Admin, Kafka } from 'kafkajs';
import { connectKafka } from '../../packages/runtime/src/kafka/connection.ts';
import { openKafkaLog } from '../../packages/runtime/src/kafka/kafka-log.ts';
import { describeWithServers } from '../servers/describe-with-servers.ts';
import { kafkaForTests } from '../servers/servers.ts';
import { publishedTrigger } from './published-trigger.ts';
import { createTopics, ownPrefix } from './topics.ts';

const partition = 1;
const journalLength = 5;
const goneMsMax = 20_000;

const receipt: Receipt = { offset: 1, step: 0, digest: 'd', count: 1, version: '1' };

/** Topics of one's own, in whose journal some records lie. */
const makeTopics = async () => {
  const { brokers } = await kafkaForTests();
  const kafka = connectKafka(
    { KAFKA_BROKERS: brokers.split(','), KAFKA_TLS: false, KAFKA_TOPIC_PREFIX: '' },
    { clientId: 'test' },
  );
  const prefix = ownPrefix();
  await createTopics(kafka, prefix, 2);
  const producer = kafka.producer();
  await producer.connect();
  const messages = Array.from({ length: journalLength }, (_, n) => ({ partition, value: `${n}` }));
  await producer.send({ topic: `${prefix}${topics.journal}`, messages });
  await producer.disconnect();
  return { kafka, prefix };
};

type OwnTopics = Awaited<ReturnType<typeof makeTopics>>;

const asking = async (kafka: Kafka, ask: (admin: Admin) => Promise<void>): Promise<void> => {
  const admin = kafka.admin();
  await admin.connect();
  await ask(admin).finally(() => admin.disconnect());
};

const untilGone = async (admin: Admin, topic: string): Promise<void> => {
  for (let waitedMs = 0; (await admin.listTopics()).includes(topic); waitedMs += 50) {
    if (waitedMs > goneMsMax) throw new Error(`${topic} is still there after ${goneMsMax} ms`);
    await sleep(50);
  }
};

const deleteHead = ({ kafka, prefix }: OwnTopics) =>
  asking(kafka, async (admin) => {
    const topic = `${prefix}${topics.journal}`;
    // The client deletes only from what it has looked at before.
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: '3' }] });
  });

const makeReceiptsAnew = async ({ kafka, prefix }: OwnTopics): Promise<void> => {
  const topic = `${prefix}${topics.receipts}`;
  await asking(kafka, async (admin) => {
    await admin.deleteTopics({ topics: [topic] });
    await untilGone(admin, topic);
  });
  await createTopics(kafka, prefix, 2);
};

/** Opens the log for one ownership, and asks it something. */
const asked = async <Answer>(
  { kafka, prefix }: OwnTopics,
  ask: (log: ReturnType<typeof openKafkaLog>['log']) => Promise<Answer>,
): Promise<Answer> => {
  const { log, close } = openKafkaLog(kafka, { prefix, partition, waitMs: 100, pause: async () => undefined });
  return ask(log).finally(close);
};

const readFrom = (own: OwnTopics, offset: number) =>
  asked(own, async (log) => {
    for await (const _ of log.read(offset));
  });

const lastReceipt = (own: OwnTopics) => asked(own, (log) => log.receipt());

describeWithServers(['kafka'], 'the log on Kafka', () => {
  test.each([
    {
      what: 'the head is gone',
      lose: deleteHead,
      ask: (own: OwnTopics) => readFrom(own, 1),
      says: 'begins at offset 3, and offset 1 is the next to be folded: its head is gone',
    },
    {
      what: 'the end is gone',
      lose: async () => undefined,
      ask: (own: OwnTopics) => readFrom(own, journalLength + 1),
      says: 'ends at offset 5, before offset 6, which is the next to be folded: it is not the same log',
    },
    {
      what: 'the receipts are gone',
      lose: makeReceiptsAnew,
      ask: lastReceipt,
      says: 'holds outputs: what was said before would be said again',
    },
  ])('a log of which $what stops the partition: $says', async ({ lose, ask, says }) => {
    const own = await makeTopics();
    await asked(own, async (log) => {
      await log.receipt();
      await log.publish([publishedTrigger()], receipt);
    });
    await readFrom(own, 1);
    expect(await lastReceipt(own)).toEqual(receipt);
    await lose(own);
    const stopped = ask(own);
    await expect(stopped).rejects.toThrow(PartitionStopped);
    await expect(stopped).rejects.toThrow(says);
  });

  test('a transaction that nobody ends stops the partition, and is named', async () => {
    const own = await makeTopics();
    const topic = `${own.prefix}${topics.receipts}`;
    const producer = own.kafka.producer({ transactionalId: own.prefix, idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    try {
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages: [{ partition, key: '1', value: 'x' }] });
      const stopped = lastReceipt(own);
      await expect(stopped).rejects.toThrow(PartitionStopped);
      await expect(stopped).rejects.toThrow(
        `partition ${partition} of ${topic} holds a transaction that nobody ends: it is open from offset 0 on`,
      );
      await transaction.abort();
    } finally {
      await producer.disconnect();
    }
  });

  test('what is no receipt stops the partition, and its place is named', async () => {
    const own = await makeTopics();
    const topic = `${own.prefix}${topics.receipts}`;
    const producer = own.kafka.producer();
    await producer.connect();
    await producer.send({ topic, messages: [{ partition, key: '1', value: 'x' }] });
    await producer.disconnect();
    const stopped = lastReceipt(own);
    await expect(stopped).rejects.toThrow(PartitionStopped);
    await expect(stopped).rejects.toThrow(`partition ${partition} of ${topic} holds at offset 0 what is no receipt`);
  });
});
