import { topics } from '@alo/contracts';
import {
  describeBrokers,
  describeTopics,
  type FoundBroker,
  type FoundTopic,
  type WantedTopic,
} from '@alo/runtime/live';
import type { Kafka } from '../kafka.ts';
import { type Difference, topicDifferences } from './topic-differences.ts';
import type { TopicsFile } from './topics-file.ts';
import { wantedTopics } from './wanted-topics.ts';

export type TopicsWish = {
  readonly file: TopicsFile;
  readonly prefix: string;
  readonly partitions?: number | undefined;
  readonly replication?: number | undefined;
  /** The journal may have another number of partitions than the file says. */
  readonly takesJournalAsItIs?: boolean;
};

export type Inspected = {
  readonly brokers: readonly FoundBroker[];
  readonly wanted: readonly WantedTopic[];
  readonly found: readonly FoundTopic[];
  readonly differences: readonly Difference[];
};

/** Of those that are down, the replicas tell. */
const knownBrokers = (brokers: readonly FoundBroker[], found: readonly FoundTopic[]): number =>
  Math.max(brokers.length, ...found.map(({ replicationFactor }) => replicationFactor));

/** Compares the topics that there are with those that there should be. */
export const inspectTopics = async (kafka: Kafka, wish: TopicsWish): Promise<Inspected> => {
  const { file, prefix, replication, takesJournalAsItIs } = wish;
  const brokers = await describeBrokers(kafka);
  const names = file.topics.map(({ name }) => `${prefix}${name}`);
  const found = await describeTopics(kafka, names);
  const journalPartitions = found.find(({ name }) => name === `${prefix}${topics.journal}`)?.partitions;
  const partitions = takesJournalAsItIs ? journalPartitions : wish.partitions;
  const setting = { prefix, brokers: knownBrokers(brokers, found), journalPartitions, partitions, replication };
  const wanted = wantedTopics(file, setting);
  return { brokers, wanted, found, differences: topicDifferences(wanted, found) };
};
