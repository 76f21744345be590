import { type Environment, kafkaMeans, redisMeans } from './means.ts';

/**
 * What a test asks for: the server that all share, or leave to start, kill and stop one of its own. A JDK, where
 * containers do not do: for a Kafka of several nodes, and for Kafka's tools.
 */
export type Need = 'kafka' | 'redis' | 'own kafka' | 'own redis' | 'jdk';

export const installJdk =
  'install a JDK (17 or newer) with Maven (on Debian: apt-get install default-jdk-headless maven)';
export const installKafka = `${installJdk}, or start Docker`;
export const installRedis = 'install redis-server (on Debian: apt-get install redis-server), or start Docker';

/** Undefined where the server is named, or can be started here. */
const missing: Readonly<Record<Need, (env: Environment) => string | undefined>> = {
  kafka: (env) =>
    env.KAFKA_BROKERS || kafkaMeans(env)
      ? undefined
      : `There is no Kafka for the tests: ${installKafka}, or name one in KAFKA_BROKERS.`,
  redis: (env) =>
    env.REDIS_URL || redisMeans(env)
      ? undefined
      : `There is no Redis for the tests: ${installRedis}, or name one in REDIS_URL.`,
  'own kafka': (env) =>
    kafkaMeans(env)
      ? undefined
      : (missing.kafka(env) ?? `There is no Kafka that tests may start and kill: ${installKafka}.`),
  'own redis': (env) =>
    redisMeans(env)
      ? undefined
      : (missing.redis(env) ?? `There is no Redis that tests may start and kill: ${installRedis}.`),
  jdk: (env) =>
    kafkaMeans(env)?.kind === 'java'
      ? undefined
      : `There is no JDK for the tests that need several brokers or Kafka's tools: ${installJdk}.`,
};

/** One sentence for each server that is neither named nor can be started here, saying what to install. */
export const missingServers = (needs: readonly Need[], env: Environment): string[] => {
  const sentences = needs.map((need) => missing[need](env)).filter((sentence) => sentence !== undefined);
  return [...new Set(sentences)];
};

/** Whether a machine asks, before which a skipped test would pass for a passed one. */
export const isCi = ({ CI }: Environment): boolean => CI !== undefined && !['', '0', 'false'].includes(CI);
