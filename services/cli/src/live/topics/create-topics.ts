import { createTopics, setTopicConfig } from '@alo/runtime/live';
import type { Kafka } from '../kafka.ts';
import type { Inspected } from './inspect-topics.ts';
import type { Difference } from './topic-differences.ts';
import { refuseImpossible } from './wanted-topics.ts';

/** What was done to the topics: names of those made, and settings made, `topic setting=value`. */
export type Created = { readonly created: readonly string[]; readonly set: readonly string[] };

const topicsIn = (differences: readonly Difference[]): string[] => [...new Set(differences.map(({ topic }) => topic))];

/**
 * Makes the topics that are missing and, where that is wished, sets config that differs. Deletes nothing, and changes
 * no number of partitions or replicas. Rejects with WrongUse where these brokers cannot have such topics.
 */
export const createMissing = async (
  kafka: Kafka,
  { brokers, wanted, differences }: Inspected,
  { applyConfig }: { readonly applyConfig: boolean },
): Promise<Created> => {
  refuseImpossible(wanted, brokers.length);
  const missing = new Set(topicsIn(differences.filter(({ mendedBy }) => mendedBy === 'create')));
  if (missing.size > 0) {
    await createTopics(
      kafka,
      wanted.filter(({ name }) => missing.has(name)),
    );
  }
  const toSet = applyConfig ? differences.filter(({ mendedBy }) => mendedBy === 'apply-config') : [];
  for (const topic of topicsIn(toSet)) {
    const own = toSet.filter((difference) => difference.topic === topic);
    await setTopicConfig(kafka, topic, Object.fromEntries(own.map(({ setting, wanted: value }) => [setting, value])));
  }
  return {
    created: [...missing],
    set: toSet.map(({ topic, setting, wanted: value }) => `${topic} ${setting}=${value}`),
  };
};
