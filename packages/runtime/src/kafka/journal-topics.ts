import { topics } from '@alo/contracts';
import kafkajs, { type Kafka } from 'kafkajs';
import { InfrastructureError, WrongUse } from '../errors.ts';
import { outputTopics } from './messages.ts';
import { ask } from './topics-there.ts';

type Found = ReadonlyMap<string, number>;

const countProblems = (found: Found, journal: string): string[] => {
  const partitions = found.get(journal);
  return [...found]
    .filter(([, count]) => count !== partitions)
    .map(
      ([topic, count]) =>
        `${topic} has ${count} partitions, and must have as many as ${journal}, which has ${partitions}`,
    );
};

type Setting = { readonly topic: string; readonly name: string; readonly must: string; readonly why: string };

const settingProblem = (values: ReadonlyMap<string, string>, { topic, name, must, why }: Setting): string[] => {
  const value = values.get(name);
  return value === must ? [] : [`${name} of ${topic} must be ${must}, and is ${value}: ${why}`];
};

/**
 * Makes sure that the journal and all that an engine writes are there as they must be, and tells how many partitions
 * the journal has.
 * @throws InfrastructureError where a topic is missing or Kafka does not answer: that passes.
 * @throws WrongUse with every problem that somebody has to mend.
 */
export const checkJournalTopics = (kafka: Kafka, prefix: string): Promise<number> =>
  ask(kafka, async (admin) => {
    const journal = `${prefix}${topics.journal}`;
    const receipts = `${prefix}${topics.receipts}`;
    const needed = [journal, receipts, ...outputTopics.map((topic) => `${prefix}${topic}`)];
    const there = new Set(await admin.listTopics());
    const missing = needed.filter((topic) => !there.has(topic));
    if (missing.length > 0) {
      throw new InfrastructureError(`there is no topic ${missing.join(', ')}: "alo topics create" makes them`);
    }
    const metadata = await admin.fetchTopicMetadata({ topics: [...new Set(needed)] });
    const found: Found = new Map(metadata.topics.map(({ name, partitions }) => [name, partitions.length]));
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [journal, receipts].map((name) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name })),
    });
    const valuesOf = (topic: string) =>
      new Map(
        resources
          .find(({ resourceName }) => resourceName === topic)
          ?.configEntries.map(({ configName, configValue }) => [configName, configValue]),
      );
    const problems = [
      ...countProblems(found, journal),
      ...settingProblem(valuesOf(journal), {
        topic: journal,
        name: 'message.timestamp.type',
        must: 'LogAppendTime',
        why: 'nothing else is a clock',
      }),
      ...settingProblem(valuesOf(receipts), {
        topic: receipts,
        name: 'cleanup.policy',
        must: 'compact',
        why: 'a receipt that is gone would have everything said again',
      }),
    ];
    if (problems.length > 0) throw new WrongUse(problems.join('\n'));
    return found.get(journal) as number;
  });
