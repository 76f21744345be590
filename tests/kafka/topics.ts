import { randomBytes } from 'node:crypto';
import { topics } from '@alo/contracts';
import type { Admin, Kafka } from 'kafkajs';
import { outputTopics } from '../../packages/runtime/src/kafka/messages.ts';

/** A name that no other test has. */
export const ownPrefix = (): string => `t${randomBytes(6).toString('hex')}.`;

type Made = { readonly name: string; readonly config?: Readonly<Record<string, string>> };

const needed = (prefix: string): Made[] => [
  { name: `${prefix}${topics.journal}`, config: { 'message.timestamp.type': 'LogAppendTime' } },
  ...outputTopics.map((topic) => ({ name: `${prefix}${topic}` })),
  { name: `${prefix}${topics.intakeDeadLetters}` },
  { name: `${prefix}${topics.receipts}`, config: { 'cleanup.policy': 'compact' } },
];

const madeMsMax = 20_000;

/** Makes one topic, as an operator's own. */
export const createTopic = async (kafka: Kafka, topic: string, partitions: number): Promise<void> => {
  const admin = kafka.admin();
  await admin.connect();
  try {
    await admin.createTopics({
      waitForLeaders: false,
      topics: [{ topic, numPartitions: partitions, replicationFactor: 1 }],
    });
    await untilThere(admin, [topic]);
  } finally {
    await admin.disconnect();
  }
};

const untilThere = async (admin: Admin, names: string[]): Promise<void> => {
  for (let waitedMs = 0; ; waitedMs += 100) {
    const isThere = await admin
      .fetchTopicMetadata({ topics: names })
      .then(({ topics: found }) => found.every((topic) => topic.partitions.every(({ leader }) => leader >= 0)))
      .catch(() => false);
    if (isThere) return;
    if (waitedMs > madeMsMax) throw new Error(`${names} are not there after ${madeMsMax} ms`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

/** Makes alo's topics under a prefix, and waits until they can be used. */
export const createTopics = async (
  kafka: Kafka,
  prefix: string,
  partitions: number,
  overrides: Readonly<Record<string, Readonly<Record<string, string>>>> = {},
): Promise<void> => {
  const all = needed(prefix);
  const admin = kafka.admin();
  await admin.connect();
  try {
    await admin.createTopics({
      waitForLeaders: false,
      topics: all.map(({ name, config = {} }) => ({
        topic: name,
        numPartitions: partitions,
        replicationFactor: 1,
        configEntries: Object.entries({ ...config, ...overrides[name.slice(prefix.length)] }).map(([key, value]) => ({
          name: key,
          value,
        })),
      })),
    });
    await untilThere(
      admin,
      all.map(({ name }) => name),
    );
  } finally {
    await admin.disconnect();
  }
};
