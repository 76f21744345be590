import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, Kafka } from 'kafkajs';
import { InfrastructureError, WrongUse } from '../errors.ts';
import { partitionBounds } from './partition-bounds.ts';
import { reasonOf } from './reason-of.ts';
import { ask } from './topics-there.ts';

/** A topic as it should be: config by Kafka's own names, as text. */
export type WantedTopic = {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly config: Readonly<Record<string, string>>;
};

/** A topic as it is. */
export type FoundTopic = {
  readonly name: string;
  readonly partitions: number;
  /** That of the partition with the fewest replicas. */
  readonly replicationFactor: number;
  /** Partitions of which not all replicas are in sync. */
  readonly outOfSync: readonly number[];
  readonly config: Readonly<Record<string, string>>;
  /** The names in `config` that were set for this topic, and are no default of the brokers. */
  readonly ownConfig: readonly string[];
};

/** Kafka's numbers for a resource that is a topic, and for a setting that was made for it alone. */
const topicResource = 2;
const setForTopic = 1;

const pollMs = 100;
const usableWithinMs = 20_000;

const resourceOf = (name: string) => ({ type: topicResource, name });

const describeThose = async (admin: Admin, names: readonly string[]): Promise<FoundTopic[]> => {
  if (names.length === 0) return [];
  const { topics } = await admin.fetchTopicMetadata({ topics: [...names] });
  const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: names.map(resourceOf) });
  const entries = new Map(resources.map(({ resourceName, configEntries }) => [resourceName, configEntries]));
  return topics.map(({ name, partitions }) => {
    const settings = entries.get(name) ?? [];
    return {
      name,
      partitions: partitions.length,
      replicationFactor: Math.min(...partitions.map(({ replicas }) => replicas.length)),
      outOfSync: partitions
        .filter(({ isr, replicas }) => isr.length < replicas.length)
        .map(({ partitionId }) => partitionId)
        .sort((a, b) => a - b),
      config: Object.fromEntries(settings.map(({ configName, configValue }) => [configName, configValue])),
      ownConfig: settings
        .filter(({ configSource }) => (configSource as number) === setForTopic)
        .map(({ configName }) => configName),
    };
  });
};

/** Of these topics, those that there are, in their order. Creates none, whatever the brokers are set to. */
export const describeTopics = (kafka: Kafka, names: readonly string[]): Promise<FoundTopic[]> =>
  ask(kafka, async (admin) => {
    const there = new Set(await admin.listTopics());
    const found = await describeThose(
      admin,
      names.filter((name) => there.has(name)),
    );
    const order = new Map(names.map((name, n) => [name, n]));
    return found.sort((a, b) => (order.get(a.name) ?? 0) - (order.get(b.name) ?? 0));
  });

type Refused = { readonly topic?: string; readonly type?: string; readonly message: string };

/** What the broker refused of what was asked, each in a sentence. */
const refusals = (error: unknown, names: readonly string[]): Refused[] => {
  const { errors } = error as { errors?: readonly Refused[] };
  return errors ? [...errors] : [{ ...(error as object), topic: names.join(', '), message: reasonOf(error) }];
};

/** Nothing to wait for: something is to be changed, in the wish or in what the user may do. */
const isWish = ({ type = '' }: Refused) => /^INVALID_|POLICY_VIOLATION|AUTHORIZATION_FAILED/.test(type);

const refused = (verb: string, error: unknown, names: readonly string[]): Error => {
  const all = refusals(error, names).filter(({ type }) => type !== 'TOPIC_ALREADY_EXISTS');
  const text = all.map(({ topic, message }) => `${topic} cannot be ${verb}: ${message}`).join('\n');
  return all.some(isWish) ? new WrongUse(text) : new InfrastructureError(text);
};

const haveLeaders = async (admin: Admin, names: readonly string[]): Promise<boolean> => {
  const there = new Set(await admin.listTopics());
  if (!names.every((name) => there.has(name))) return false;
  const { topics } = await admin.fetchTopicMetadata({ topics: [...names] });
  return topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0));
};

/**
 * Why new topics cannot be used yet. A broker may be named as a leader before it knows of it, and another may not know
 * of the topic at all: only when each has answered can they be.
 */
const whyUnusable = async (kafka: Kafka, admin: Admin, names: readonly string[]): Promise<string | undefined> => {
  try {
    if (!(await haveLeaders(admin, names))) return 'not every partition has a leader';
    await partitionBounds(kafka, names);
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
};

const untilUsable = async (kafka: Kafka, admin: Admin, names: readonly string[]): Promise<void> => {
  const giveUpAtMs = performance.now() + usableWithinMs;
  for (let why = await whyUnusable(kafka, admin, names); why; why = await whyUnusable(kafka, admin, names)) {
    if (performance.now() > giveUpAtMs) {
      throw new InfrastructureError(`the new topics cannot be used after ${usableWithinMs / 1000} s: ${why}`);
    }
    await sleep(pollMs);
  }
};

/**
 * Creates topics and waits until they can be used. One that is there by now stays as it is.
 * @throws WrongUse where the broker refuses what is wished, naming each topic.
 */
export const createTopics = (kafka: Kafka, wanted: readonly WantedTopic[]): Promise<void> =>
  ask(kafka, async (admin) => {
    const names = wanted.map(({ name }) => name);
    const topics = wanted.map(({ name, partitions, replicationFactor, config }) => ({
      topic: name,
      numPartitions: partitions,
      replicationFactor,
      configEntries: Object.entries(config).map(([key, value]) => ({ name: key, value })),
    }));
    try {
      await admin.createTopics({ waitForLeaders: false, topics });
    } catch (error) {
      throw refused('created', error, names);
    }
    await untilUsable(kafka, admin, names);
  });

/**
 * Sets config of one topic. The client's request replaces all that was set for the topic, so what was set besides is
 * read first, and sent again.
 */
export const setTopicConfig = (kafka: Kafka, name: string, config: WantedTopic['config']): Promise<void> =>
  ask(kafka, async (admin) => {
    const [found] = await describeThose(admin, [name]);
    const own = (found?.ownConfig ?? []).map((key) => [key, found?.config[key] as string]);
    const all: Record<string, string> = { ...Object.fromEntries(own), ...config };
    const configEntries = Object.entries(all).map(([key, value]) => ({ name: key, value }));
    try {
      await admin.alterConfigs({ validateOnly: false, resources: [{ ...resourceOf(name), configEntries }] });
    } catch (error) {
      throw refused('set', error, [name]);
    }
  });
