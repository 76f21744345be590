import { setTimeout as sleep } from 'node:timers/promises';
import { topics as named } from '@alo/contracts';
import { InfrastructureError } from '@alo/runtime';
import {
  describeGroup,
  describeRedis,
  type KafkaSettings,
  type RedisConnection,
  type RedisSettings,
  redisProblems,
} from '@alo/runtime/live';
import { forEachPartition } from '../journal-partitions.ts';
import { type Kafka, kafkaOf } from '../kafka.ts';
import { openRedis } from '../redis-beside.ts';
import { type Inspected, inspectTopics } from '../topics/inspect-topics.ts';
import type { TopicsFile } from '../topics/topics-file.ts';
import { brokerProblems, replicaProblems } from './broker-problems.ts';
import type { Diagnosis } from './diagnosis.ts';
import { hangingTransactions, hangProblems, lookingWords } from './hanging-transactions.ts';
import { mergedProblems } from './merged-problems.ts';
import { clockProblems, engineProblems, policyProblems, standstill } from './movement.ts';
import { partitionReport } from './partition-report.ts';
import type { Problem } from './problem.ts';
import { outputTopics, type Place, seePartition } from './see-partition.ts';
import { topicProblems } from './topic-problems.ts';
import { zoneData, zoneProblems } from './zone-data.ts';

export type DoctorWish = {
  readonly settings: KafkaSettings & RedisSettings & { readonly ALO_GROUP: string };
  readonly file: TopicsFile;
  readonly replication?: number | undefined;
  /** How long a transaction may be open, in ms. */
  readonly waitMs: number;
  /** Told why something takes longer. */
  readonly onWait: (sentence: string) => void;
};

type Part<Key extends keyof Diagnosis> = {
  readonly found: Pick<Diagnosis, Key>;
  readonly problems: readonly Problem[];
};

const standstillMs = 3000;

const aboutRedis = async (redis: RedisConnection): Promise<Part<'redis'>> => {
  const description = await describeRedis(redis);
  const problems = redisProblems(description).map(({ problem, mend }) => ({ area: 'redis', problem, mend }));
  return { found: { redis: description }, problems };
};

const aboutTopics = ({ brokers, wanted, found, differences }: Inspected): Part<'brokers' | 'topics'> => ({
  found: { brokers, topics: { wanted: wanted.length, differences } },
  problems: [...brokerProblems(brokers), ...replicaProblems(found), ...topicProblems(differences)],
});

const aboutTransactions = async (
  kafka: Kafka,
  { found }: Inspected,
  { settings, waitMs, onWait }: DoctorWish,
): Promise<Part<'hanging'>> => {
  const there = new Set(found.map(({ name }) => name));
  const written = [...outputTopics, named.receipts].map((topic) => `${settings.KAFKA_TOPIC_PREFIX}${topic}`);
  const hanging = await hangingTransactions(kafka, {
    topics: written.filter((topic) => there.has(topic)),
    isAsked: () => true,
    waitMs,
    onWait: (partitions) => onWait(lookingWords(partitions, waitMs)),
  });
  return { found: { hanging }, problems: hangProblems(hanging, waitMs) };
};

const aboutEngines = async (kafka: Kafka, groupId: string): Promise<Part<'engines'>> => {
  const group = await describeGroup(kafka, groupId);
  return { found: { engines: { ...group, groupId } }, problems: engineProblems(group, groupId) };
};

const seeAll = async (place: Place, partitions: number) => {
  const sights = await forEachPartition(partitions, (partition) => seePartition(place, partition));
  return { sights, told: sights.map(partitionReport), seenAtMs: Date.now() };
};

/** Looks a second time where a partition is behind while engines run: it should have moved. */
const aboutPartitions = async (place: Place, partitions: number, hasEngines: boolean): Promise<Part<'partitions'>> => {
  const first = await seeAll(place, partitions);
  const before = first.told.map(({ report }) => report);
  const looksAgain = hasEngines && before.some(({ behind }) => behind > 0);
  if (looksAgain) await sleep(standstillMs);
  const { sights, told, seenAtMs } = looksAgain ? await seeAll(place, partitions) : first;
  const reports = told.map(({ report }) => report);
  return {
    found: { partitions: reports },
    problems: [
      ...mergedProblems(told.map(({ problems }) => problems)),
      ...(looksAgain ? standstill(before, reports, standstillMs) : []),
      ...policyProblems(reports),
      ...clockProblems(
        sights.map(({ appendedAtMs }) => appendedAtMs),
        seenAtMs,
      ),
    ],
  };
};

/** Collects what is found, and what does not answer: that ends nothing but its own part. */
const makeCollector = () => {
  let found: Partial<Diagnosis> = {};
  const problems: Problem[] = [];
  const unreachable = new Set<string>();
  return {
    /** What was found; undefined where there was no answer. */
    attempt: async <Found>(find: () => Promise<Found>): Promise<Found | undefined> => {
      try {
        return await find();
      } catch (error) {
        if (!(error instanceof InfrastructureError)) throw error;
        unreachable.add(error.message);
        return undefined;
      }
    },
    add: (part: Part<never> | undefined): void => {
      if (!part) return;
      found = { ...found, ...part.found };
      problems.push(...part.problems);
    },
    diagnosis: (): Omit<Diagnosis, 'zoneData'> => ({ ...found, problems, unreachable: [...unreachable] }),
  };
};

/** Looks at everything that alo stands on, and changes nothing. */
export const diagnose = async (wish: DoctorWish): Promise<Diagnosis> => {
  const { settings, file, replication } = wish;
  const { attempt, add, diagnosis } = makeCollector();
  const kafka = kafkaOf(settings);
  const topicPrefix = settings.KAFKA_TOPIC_PREFIX;
  const redis = await attempt(() => openRedis(settings));
  try {
    const inspected = await attempt(() =>
      inspectTopics(kafka, { file, prefix: topicPrefix, replication, takesJournalAsItIs: true }),
    );
    if (inspected) {
      add(aboutTopics(inspected));
      add(await attempt(() => aboutTransactions(kafka, inspected, wish)));
      const engines = await attempt(() => aboutEngines(kafka, settings.ALO_GROUP));
      add(engines);
      const journal = inspected.found.find(({ name }) => name === `${topicPrefix}${named.journal}`);
      const isWhole = inspected.found.length === inspected.wanted.length;
      if (redis && journal && isWhole) {
        const place = { kafka, redis, topicPrefix, keyPrefix: settings.REDIS_KEY_PREFIX };
        const hasEngines = (engines?.found.engines?.members ?? 0) > 0;
        add(await attempt(() => aboutPartitions(place, journal.partitions, hasEngines)));
      }
    }
    if (redis) add(await attempt(() => aboutRedis(redis)));
  } finally {
    await redis?.close();
  }
  const zones = zoneData();
  const { problems, ...rest } = diagnosis();
  return { ...rest, zoneData: zones, problems: [...problems, ...zoneProblems(zones, Date.now())] };
};
