import type { FoundTopic, WantedTopic } from '@alo/runtime/live';

/** Where a topic is not as it should be. */
export type Difference = {
  readonly topic: string;
  readonly setting: string;
  readonly wanted: string;
  readonly found: string;
  /** Who can mend it: `create` makes it, `apply-config` sets it; by nobody, what alo does not do. */
  readonly mendedBy: 'create' | 'apply-config' | 'nobody';
  readonly mend: string;
};

const missing = ({ name, partitions, replicationFactor }: WantedTopic): Difference => ({
  topic: name,
  setting: 'topic',
  wanted: `${partitions} partitions × ${replicationFactor}`,
  found: 'missing',
  mendedBy: 'create',
  mend: 'alo topics create makes it',
});

const ofPartitions = (wanted: WantedTopic, found: FoundTopic): Difference => ({
  topic: wanted.name,
  setting: 'partitions',
  wanted: `${wanted.partitions}`,
  found: `${found.partitions}`,
  mendedBy: 'nobody',
  mend: "never changed: a subscriber's partition follows from the number, and state would be left behind; only a topic that nobody has used yet can be deleted and made anew",
});

const ofReplicas = (wanted: WantedTopic, found: FoundTopic): Difference => ({
  topic: wanted.name,
  setting: 'replication',
  wanted: `${wanted.replicationFactor}`,
  found: `${found.replicationFactor}`,
  mendedBy: 'nobody',
  mend: "Kafka's kafka-reassign-partitions.sh moves replicas",
});

const ofConfig = (wanted: WantedTopic, found: FoundTopic): Difference[] =>
  Object.entries(wanted.config)
    .filter(([key, value]) => found.config[key] !== value)
    .map(([key, value]) => ({
      topic: wanted.name,
      setting: key,
      wanted: value,
      found: found.config[key] ?? 'not known to this broker',
      mendedBy: found.config[key] === undefined ? ('nobody' as const) : ('apply-config' as const),
      mend:
        found.config[key] === undefined
          ? 'take the setting out of the file, or use a newer broker'
          : 'alo topics create --apply-config sets it',
    }));

const ofOne = (wanted: WantedTopic, found: FoundTopic | undefined): Difference[] => {
  if (!found) return [missing(wanted)];
  return [
    ...(found.partitions === wanted.partitions ? [] : [ofPartitions(wanted, found)]),
    ...(found.replicationFactor === wanted.replicationFactor ? [] : [ofReplicas(wanted, found)]),
    ...ofConfig(wanted, found),
  ];
};

/** All in which the topics that there are differ from those that there should be. */
export const topicDifferences = (wanted: readonly WantedTopic[], found: readonly FoundTopic[]): Difference[] => {
  const byName = new Map(found.map((topic) => [topic.name, topic]));
  return wanted.flatMap((topic) => ofOne(topic, byName.get(topic.name)));
};
