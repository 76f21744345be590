import { topics } from '@alo/contracts';
import type { Published } from '@alo/runtime';
import { expect, test } from '@jest/globals';
import { connectKafka } from '../../packages/runtime/src/kafka/connection.ts';
import { openKafkaLog } from '../../packages/runtime/src/kafka/kafka-log.ts';
import { describeLog, type LogAtHand } from '../../packages/runtime/src/store-contract.ts';
import { describeWithServers } from '../servers/describe-with-servers.ts';
import { kafkaForTests } from '../servers/servers.ts';
import { committedOutputs } from './committed-outputs.ts';
import { publishedTrigger } from './published-trigger.ts';
import { createTopics, ownPrefix } from './topics.ts';

const kafkaHere = async () =>
  connectKafka(
    { KAFKA_BROKERS: [...(await kafkaForTests()).brokers.split(',')], KAFKA_TLS: false, KAFKA_TOPIC_PREFIX: '' },
    { clientId: 'test' },
  );

const partition = 1;

const makeLog = async () => {
  const kafka = await kafkaHere();
  const prefix = ownPrefix();
  await createTopics(kafka, prefix, 2);
  const open = async (): Promise<LogAtHand> => {
    const { log, close } = openKafkaLog(kafka, { prefix, partition, waitMs: 100 });
    await log.receipt().catch(async (error) => {
      await close();
      throw error;
    });
    return {
      log,
      append: async (batch) => {
        const producer = kafka.producer();
        await producer.connect();
        const messages = batch.map(({ bytes }) => ({ partition, key: 's', value: Buffer.from(bytes) }));
        await producer.send({ topic: `${prefix}${topics.journal}`, messages });
        await producer.disconnect();
      },
      published: () => committedOutputs(kafka, prefix, partition),
      close,
    };
  };
  return { kafka, prefix, open, remove: async () => undefined };
};

/** Kafka keeps the order within a topic; numbers and lines are the store's of one file. */
const comparable = (outputs: readonly Published[]) => {
  const told = outputs.map((one) =>
    one.kind === 'trigger'
      ? { topic: one.topic, subject: one.subject, event: JSON.parse(one.text) }
      : { topic: 'dead letters', code: one.code, message: one.message, bytes: Buffer.from(one.bytes).toString('hex') },
  );
  return Object.groupBy(told, ({ topic }) => topic);
};

describeWithServers(['kafka'], 'the log on Kafka', () => {
  describeLog('Kafka', { make: makeLog }, { isAppendedByOthers: true, comparable });

  test('whoever opened it before can publish no more', async () => {
    const { open } = await makeLog();
    const before = await open();
    const after = await open();
    const receipt = { offset: 1, step: 0, digest: 'd', count: 1, version: '1' };
    const trigger = publishedTrigger();
    await expect(before.log.publish([trigger], receipt)).rejects.toThrow('may not be published');
    expect(await after.published()).toEqual([]);
    await after.log.publish([trigger], receipt);
    expect(await after.log.receipt()).toEqual(receipt);
    await before.close();
    await after.close();
  });
});
