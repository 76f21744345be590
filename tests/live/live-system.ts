import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { topics } from '@alo/contracts';
import { connectKafka, connectRedis, openJournalWriter, openPartitionWriter, readApplied } from '@alo/runtime/live';
import type { Kafka } from 'kafkajs';
import { openReader } from '../../packages/runtime/src/kafka/cluster.ts';
import { committedOf, committedOutputs } from '../kafka/committed-outputs.ts';
import { createTopics, ownPrefix } from '../kafka/topics.ts';
import { foldedOutputs, type ToldOutput, toldOutputs } from './folded-outputs.ts';
import { startService } from './service-process.ts';

const root = join(import.meta.dirname, '../..');
const mobifone = join(root, 'infra/policies/mobifone.json');
const caughtUpMsMax = 120_000;
const pollMs = 50;

export type LiveOptions = {
  readonly brokers: string;
  readonly redisUrl: string;
  readonly partitions: number;
  /** A file with the policy; mobifone's by default. */
  readonly policy?: string;
};

/** A system of one's own in a Kafka and a Redis: topics and keys under a prefix, and the processes that a test starts. */
export const makeLiveSystem = async ({ brokers, redisUrl, partitions, policy = mobifone }: LiveOptions) => {
  const prefix = ownPrefix();
  const kafka: Kafka = connectKafka(
    { KAFKA_BROKERS: brokers.split(','), KAFKA_TLS: false, KAFKA_TOPIC_PREFIX: prefix },
    { clientId: 'test' },
  );
  const keyPrefix = prefix.replace('.', '');
  const environment = {
    KAFKA_BROKERS: brokers,
    KAFKA_TOPIC_PREFIX: prefix,
    REDIS_URL: redisUrl,
    REDIS_KEY_PREFIX: keyPrefix,
    ALO_SESSION_TIMEOUT_MS: '2000',
  };
  const journal = `${prefix}${topics.journal}`;
  const redis = connectRedis({ REDIS_URL: redisUrl, REDIS_KEY_PREFIX: keyPrefix }, { name: 'test' });
  await createTopics(kafka, prefix, partitions);
  const numbers = Array.from({ length: partitions }, (_, partition) => partition);

  const journalEnd = async (partition: number): Promise<number> => {
    const reader = openReader(kafka, journal, partition);
    try {
      return (await reader.bounds()).end;
    } finally {
      await reader.close();
    }
  };

  const appliedOffset = async (partition: number): Promise<number> => {
    await redis.whenReady(10_000);
    return (await readApplied(redis, { prefix: keyPrefix, partition }))?.offset ?? 0;
  };

  const isCaughtUp = async (partition: number) => (await appliedOffset(partition)) === (await journalEnd(partition));

  return {
    kafka,
    prefix,
    environment,
    numbers,
    startEngine: (more: Readonly<Record<string, string>> = {}) => startService('engine', { ...environment, ...more }),
    startClock: (more: Readonly<Record<string, string>> = {}) => startService('clock', { ...environment, ...more }),
    startIntake: (more: Readonly<Record<string, string>>) => startService('intake', { ...environment, ...more }),
    /** Writes the policy to every partition. */
    activate: async () => {
      const given = JSON.parse(readFileSync(policy, 'utf8'));
      const value = JSON.stringify({
        specversion: '1.0',
        id: `${given.id}/${given.version}`,
        source: '/test',
        type: 'alo.policy.activated.v1',
        time: new Date().toISOString(),
        data: { policy: given },
      });
      const writer = await openPartitionWriter(kafka, journal);
      for (const partition of numbers) await writer.write(partition, value);
      await writer.close();
    },
    /** Writes lines to a topic, each by its subject. */
    send: async (topic: string, lines: readonly string[]) => {
      const writer = await openJournalWriter(kafka, [topic]);
      await writer.write(
        topic,
        lines.map((line) => ({ key: JSON.parse(line).subject, value: Buffer.from(line) })),
      );
      await writer.close();
    },
    /** Writes lines to one partition of the journal, whosever they are. */
    sendTo: async (partition: number, lines: readonly string[]) => {
      const producer = kafka.producer();
      await producer.connect();
      for (let from = 0; from < lines.length; from += 1000) {
        const messages = lines.slice(from, from + 1000).map((value) => ({ partition, value }));
        await producer.send({ topic: journal, messages });
      }
      await producer.disconnect();
    },
    journal,
    journalEnd,
    appliedOffset,
    /** Waits until the journal has so many records, all partitions together. */
    journalHolds: async (records: number) => {
      for (const startedMs = Date.now(); ; await delay(pollMs)) {
        const ends = await Promise.all(numbers.map(journalEnd));
        const sum = ends.reduce((total, end) => total + end, 0);
        if (sum >= records) return;
        if (Date.now() - startedMs > caughtUpMsMax) throw new Error(`${sum} of ${records} after ${caughtUpMsMax} ms`);
      }
    },
    /** Waits until all of the journal is folded, published and applied. */
    caughtUp: async () => {
      for (const startedMs = Date.now(); ; await delay(pollMs)) {
        const done = await Promise.all(numbers.map(isCaughtUp));
        if (done.every(Boolean)) return;
        if (Date.now() - startedMs > caughtUpMsMax) throw new Error(`not caught up after ${caughtUpMsMax} ms`);
      }
    },
    /** What whoever subscribes to committed records of a partition has been told. */
    told: async (partition: number): Promise<ToldOutput> =>
      toldOutputs(await committedOutputs(kafka, prefix, partition)),
    /** What `alo run` makes of the same journal. */
    folded: async (partition: number): Promise<ToldOutput> =>
      foldedOutputs(await committedOf(kafka, journal, partition), policy),
    close: () => redis.close(),
  };
};

export type LiveSystem = Awaited<ReturnType<typeof makeLiveSystem>>;
