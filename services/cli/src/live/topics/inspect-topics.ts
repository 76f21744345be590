import { topics } from '@alo/contracts';
import { describeBrokers, describeTopics, type FoundTopic, type WantedTopic } from '@alo/runtime';
import type { Kafka } from '../kafka.ts';
import { type Difference, topicDifferences } from './topic-differences.ts';
import type { TopicsFile } from './topics-file.ts';
import { wantedTopics } from './wanted-topics.ts';

export type TopicsWish = {
  readonly file: TopicsFile;
  readonly prefix: string;
  readonly partitions?: number | undefined;
  readonly replication?: number | undefined;
};

export type Inspected = {
  readonly wanted: readonly WantedTopic[];
  readonly found: readonly FoundTopic[];
  readonly differences: readonly Difference[];
};

/** Compares the topics that there are with those that there should be. */
export const inspectTopics = async (kafka: Kafka, { file, prefix, ...counts }: TopicsWish): Promise<Inspected> => {
  const brokers = await describeBrokers(kafka);
  const names = file.topics.map(({ name }) => `${prefix}${name}`);
  const found = await describeTopics(kafka, names);
  const journalPartitions = found.find(({ name }) => name === `${prefix}${topics.journal}`)?.partitions;
  const wanted = wantedTopics(file, { prefix, brokers: brokers.length, journalPartitions, ...counts });
  return { wanted, found, differences: topicDifferences(wanted, found) };
};
