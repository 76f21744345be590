import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { topics } from '@alo/contracts';
import { connectKafka, createTopics } from '@alo/runtime/live';
import { CompressionTypes, type Message } from 'kafkajs';
import type { FetchedRecord } from '../../packages/runtime/src/kafka/record-batches.ts';
import { scratchFolder } from '../cli/alo-process.ts';
import { activated, policy } from '../cli/event-lines.ts';
import { committedOf } from '../kafka/committed-outputs.ts';
import { ownPrefix } from '../kafka/topics.ts';

export const journalPartitions = 3;
export const sourcePartitions = 2;
const everyPartition = [...Array(journalPartitions).keys()];
export const hmacKey = 'a key of the tests, which no other knows';

const folder = scratchFolder();

type Json = Record<string, unknown>;
type Topic = { readonly name: string; readonly partitions?: number; readonly config?: Record<string, string> };

/** Topics of an operator and of alo, under names that no other test has. */
export const operatorTopics = async (brokers: string, intake: (named: (name: string) => string) => Json) => {
  const prefix = ownPrefix();
  const named = (name: string) => `${prefix}${name}`;
  const [journal, deadLetters] = [named(topics.journal), named(topics.intakeDeadLetters)];
  const settings = { KAFKA_BROKERS: brokers.split(','), KAFKA_TLS: false, KAFKA_TOPIC_PREFIX: prefix };
  const kafka = connectKafka(settings, { clientId: 'intake-test' });
  const file = join(folder, `${prefix}intake.json`);
  const config = { topics: intake(named) };
  writeFileSync(file, JSON.stringify(config));

  const create = (...wanted: Topic[]) =>
    createTopics(
      kafka,
      wanted.map(({ name, partitions = sourcePartitions, config: its = {} }) => ({
        name,
        partitions,
        replicationFactor: 1,
        config: its,
      })),
    );

  const send = async (topic: string, messages: readonly Message[], compression = CompressionTypes.None) => {
    const producer = kafka.producer({ allowAutoTopicCreation: false });
    await producer.connect();
    for (let at = 0; at < messages.length; at += 1000) {
      await producer.send({ topic, compression, messages: messages.slice(at, at + 1000) });
    }
    await producer.disconnect();
  };

  const bytes = Buffer.from(JSON.stringify(activated(policy, '2026-07-01T00:00:00Z')));
  const publishPolicy = (...partitions: number[]) =>
    send(
      journal,
      partitions.map((partition) => ({ partition, value: bytes })),
    );

  const isPolicy = ({ value }: FetchedRecord) => value !== null && bytes.equals(value);

  /** The records of each partition in their order, without the policy that is first. */
  const readJournal = (): Promise<FetchedRecord[][]> =>
    Promise.all(
      everyPartition.map(async (partition) =>
        (await committedOf(kafka, journal, partition)).filter((record) => !isPolicy(record)),
      ),
    );
  const readDeadLetters = () => committedOf(kafka, deadLetters, 0);

  /** Waits until there are so many records, of both together. */
  const untilWritten = async (count: number, msMax = 60_000) => {
    for (let waitedMs = 0; waitedMs < msMax; waitedMs += 100) {
      const [events, letters] = await Promise.all([readJournal(), readDeadLetters()]);
      if (events.flat().length + letters.length >= count) return { events, letters };
      await sleep(100);
    }
    throw new Error(`after ${msMax} ms there are not ${count} records`);
  };

  return {
    kafka,
    prefix,
    named,
    journal,
    deadLetters,
    create,
    /** Alo's own, with a policy in each partition of the journal, and the operator's. */
    createAll: async (own: Record<string, string> = {}) => {
      await create(
        { name: journal, partitions: journalPartitions, config: { 'message.timestamp.type': 'LogAppendTime', ...own } },
        { name: deadLetters, partitions: 1 },
        ...Object.keys(config.topics).map((name) => ({ name })),
      );
      await publishPolicy(...everyPartition);
    },
    publishPolicy,
    send,
    readJournal,
    readDeadLetters,
    untilWritten,
    env: {
      KAFKA_BROKERS: brokers,
      KAFKA_TOPIC_PREFIX: prefix,
      ALO_INTAKE_CONFIG: file,
      ALO_INTAKE_HMAC_KEY: hmacKey,
      ALO_INTAKE_GROUP: named('intake'),
    },
  };
};

export type OperatorTopics = Awaited<ReturnType<typeof operatorTopics>>;
