import { decodeBinary, type RefusalCode, topics } from '@alo/contracts';
import type { Published } from '@alo/runtime';
import type { Kafka } from 'kafkajs';
import { openReader } from '../../packages/runtime/src/kafka/cluster.ts';
import { committedRecords } from '../../packages/runtime/src/kafka/committed.ts';
import { outputTopics } from '../../packages/runtime/src/kafka/messages.ts';
import type { FetchedRecord } from '../../packages/runtime/src/kafka/record-batches.ts';

/** All committed records of a partition, in their order. */
export const committedOf = async (kafka: Kafka, topic: string, partition: number): Promise<FetchedRecord[]> => {
  const reader = openReader(kafka, topic, partition);
  try {
    const { first, stable } = await reader.bounds();
    const all: FetchedRecord[] = [];
    for await (const records of committedRecords(reader, first, stable)) all.push(...records);
    return all;
  } finally {
    await reader.close();
  }
};

const publishedOf = (topic: string, { key, headers, value }: FetchedRecord): Published => {
  if (topic !== topics.deadLetters) {
    const event = decodeBinary({ headers, value }) as { id: string };
    return {
      kind: 'trigger',
      number: 0,
      offset: 0,
      topic,
      subject: String(key),
      id: event.id,
      text: JSON.stringify(event),
    };
  }
  return {
    kind: 'dead-letter',
    number: 0,
    offset: Number(headers.offset),
    line: undefined,
    code: String(headers.code) as RefusalCode,
    message: String(headers.message),
    bytes: value ?? Buffer.alloc(0),
  };
};

/** What a partition has said, topic by topic, as whoever subscribes to committed records would see it. */
export const committedOutputs = async (kafka: Kafka, prefix: string, partition: number): Promise<Published[]> => {
  const byTopic = await Promise.all(
    outputTopics.map(async (topic) => {
      const records = await committedOf(kafka, `${prefix}${topic}`, partition);
      return records.map((record) => publishedOf(topic, record));
    }),
  );
  return byTopic.flat();
};
