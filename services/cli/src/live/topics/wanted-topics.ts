import { topics } from '@alo/contracts';
import { WrongUse } from '@alo/runtime';
import type { WantedTopic } from '@alo/runtime/live';
import type { TopicsFile } from './topics-file.ts';

/** What a description leaves open. */
export type Setting = {
  /** In front of every name. */
  readonly prefix: string;
  /** How many brokers there are, or were when the topics were made. */
  readonly brokers: number;
  /** In place of the file's number of partitions of the journal. */
  readonly partitions?: number | undefined;
  /** In place of the file's number of replicas. */
  readonly replication?: number | undefined;
  /** Of the journal as it is; undefined where there is none. */
  readonly journalPartitions: number | undefined;
};

const minInSync = 'min.insync.replicas';

const refuseOne = ({ name, replicationFactor, config }: WantedTopic, brokers: number): void => {
  if (replicationFactor > brokers) {
    throw new WrongUse(
      `${name} is to have ${replicationFactor} replicas, and there ${brokers === 1 ? 'is 1 broker' : `are ${brokers} brokers`}: give --replication ${brokers}`,
    );
  }
  if (Number(config[minInSync]) > replicationFactor) {
    throw new WrongUse(
      `${name} is to have ${replicationFactor} replicas and ${minInSync}=${config[minInSync]}: nothing could be written to it; change one of them`,
    );
  }
};

/** @throws WrongUse where so many brokers cannot have such topics. */
export const refuseImpossible = (wanted: readonly WantedTopic[], brokers: number): void => {
  for (const topic of wanted) refuseOne(topic, brokers);
};

/**
 * The topics as they should be here. Where the journal is there already, all that have its number of partitions follow
 * it as it is.
 */
export const wantedTopics = (file: TopicsFile, setting: Setting): readonly WantedTopic[] => {
  const isLocal = setting.replication === undefined ? setting.brokers === 1 : setting.replication === 1;
  const ofAll = isLocal ? file.local : file.defaults;
  const inJournal =
    setting.partitions ?? (file.topics.find(({ name }) => name === topics.journal)?.partitions as number);
  return file.topics.map(({ name, partitions, config }) => ({
    name: `${setting.prefix}${name}`,
    partitions: partitionsOf(name, partitions, inJournal, setting),
    replicationFactor: setting.replication ?? ofAll.replicationFactor,
    config: { ...file.defaults.config, ...(isLocal && file.local.config), ...config },
  }));
};

const partitionsOf = (
  name: string,
  partitions: TopicsFile['topics'][number]['partitions'],
  inJournal: number,
  { journalPartitions }: Setting,
): number => {
  if (name === topics.journal) return inJournal;
  return partitions === 'journal' ? (journalPartitions ?? inJournal) : partitions;
};
