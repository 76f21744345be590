import { WrongUse } from '@alo/runtime';
import {
  checkJournalTopics,
  type connectKafka,
  connectRedis,
  describeBrokers,
  describeRedis,
  type FoundBroker,
  isOldBroker,
  type RedisProblem,
  redisProblems,
} from '@alo/runtime/live';
import type { EngineSettings } from './config.ts';

export type Kafka = ReturnType<typeof connectKafka>;

/** How long Redis may take to answer before it is told that it does not, in ms. */
export const redisWaitMs = 5000;

const refuseOld = (brokers: readonly FoundBroker[]): void => {
  const old = brokers.filter(isOldBroker).map(({ address }) => address);
  if (old.length > 0) throw new WrongUse(`Kafka at ${old.join(', ')} is older than 4.0: alo needs 4.0 or later`);
};

export const textOf = ({ problem, mend }: RedisProblem): string => `${problem}: ${mend}`;

/** Gives what only deserves a warning. */
const checkRedis = async (settings: EngineSettings, name: string): Promise<string[]> => {
  const connection = connectRedis(settings, { name });
  try {
    await connection.whenReady(redisWaitMs);
    const found = redisProblems(await describeRedis(connection));
    const refused = found.filter(({ severity }) => severity === 'refuse');
    if (refused.length > 0) throw new WrongUse(refused.map(textOf).join('\n'));
    return found.map(textOf);
  } finally {
    await connection.close();
  }
};

/**
 * Looks at what an engine stands on, before it takes anything: how many partitions the journal has, and what deserves
 * a warning.
 * @throws InfrastructureError for what passes, a topic that is not there yet among it.
 * @throws WrongUse with every problem that somebody has to mend.
 */
export const checkServers = async (
  kafka: Kafka,
  settings: EngineSettings,
  name: string,
): Promise<{ readonly partitions: number; readonly warnings: readonly string[] }> => {
  refuseOld(await describeBrokers(kafka));
  const partitions = await checkJournalTopics(kafka, settings.KAFKA_TOPIC_PREFIX);
  return { partitions, warnings: await checkRedis(settings, name) };
};
