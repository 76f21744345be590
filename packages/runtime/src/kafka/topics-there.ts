import type { Admin, Kafka } from 'kafkajs';
import { InfrastructureError, WrongUse } from '../errors.ts';
import { requestRetry } from './connection.ts';
import { reasonOf } from './reason-of.ts';

/** Asks the brokers something, over a connection that is closed again. */
export const ask = async <Answer>(kafka: Kafka, question: (admin: Admin) => Promise<Answer>): Promise<Answer> => {
  const admin = kafka.admin({ retry: requestRetry });
  try {
    await admin.connect();
    return await question(admin);
  } catch (error) {
    if (error instanceof WrongUse || error instanceof InfrastructureError) throw error;
    throw new InfrastructureError(`Kafka does not answer: ${reasonOf(error)}`);
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
};

/** Which of these topics there are not, or may not be seen. Creates none, whatever the broker is set to. */
export const missingTopics = (kafka: Kafka, topics: readonly string[]): Promise<string[]> =>
  ask(kafka, async (admin) => {
    const there = new Set(await admin.listTopics());
    return topics.filter((topic) => !there.has(topic));
  });

/** The partitions of a topic that is there to which nothing was ever written. */
export const emptyPartitions = (kafka: Kafka, topic: string): Promise<number[]> =>
  ask(kafka, async (admin) => {
    const offsets = await admin.fetchTopicOffsets(topic);
    return offsets
      .filter(({ high }) => high === '0')
      .map(({ partition }) => partition)
      .sort((a, b) => a - b);
  });

export type PassedOver = {
  readonly topic: string;
  readonly partition: number;
  readonly from: string;
  readonly to: string;
};

/** Records that a consumer group has not read and that are no longer there. */
export const recordsPassedOver = (kafka: Kafka, groupId: string, topics: readonly string[]): Promise<PassedOver[]> =>
  ask(kafka, async (admin) => {
    const groups = await admin.fetchOffsets({ groupId, topics: [...topics] });
    const lost = groups.map(async ({ topic, partitions }) => {
      const low = new Map((await admin.fetchTopicOffsets(topic)).map(({ partition, low }) => [partition, low]));
      return partitions.flatMap(({ partition, offset }) => {
        const first = low.get(partition) ?? '0';
        const isLost = BigInt(offset) >= 0n && BigInt(offset) < BigInt(first);
        return isLost ? [{ topic, partition, from: offset, to: first }] : [];
      });
    });
    return (await Promise.all(lost)).flat();
  });
