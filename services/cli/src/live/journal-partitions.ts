import { topics } from '@alo/contracts';
import { WrongUse } from '@alo/runtime';
import { describeTopics } from '@alo/runtime/live';
import type { Kafka } from './kafka.ts';

/** The journal of this prefix: its whole name, and how many partitions it has. @throws WrongUse where there is none. */
export const journalOf = async (
  kafka: Kafka,
  prefix: string,
): Promise<{ readonly topic: string; readonly partitions: number }> => {
  const topic = `${prefix}${topics.journal}`;
  const [found] = await describeTopics(kafka, [topic]);
  if (found) return { topic, partitions: found.partitions };
  throw new WrongUse(`there is no topic ${topic}: alo topics create makes it (or KAFKA_TOPIC_PREFIX is another)`);
};

/** All numbers below a count. */
export const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

/** Partitions in words. */
export const named = (partitions: readonly number[]): string =>
  `${partitions.length === 1 ? 'partition' : 'partitions'} ${partitions.join(', ')}`;

const atOnce = 8;

/** Does something for each partition, for a few of them at once, and gives the results in their order. */
export const forEachPartition = async <Result>(
  partitions: number,
  work: (partition: number) => Promise<Result>,
): Promise<Result[]> => {
  const results: Result[] = [];
  for (let from = 0; from < partitions; from += atOnce) {
    const some = upTo(partitions).slice(from, from + atOnce);
    results.push(...(await Promise.all(some.map(work))));
  }
  return results;
};
