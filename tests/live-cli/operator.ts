import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { topics } from '@alo/contracts';
import { connectKafka } from '@alo/runtime/live';
import { type Ended, root, type Started, shell, start } from '../cli/alo-process.ts';
import { ownPrefix } from '../kafka/topics.ts';
import { kafkaForTests, redisForTests } from '../servers/servers.ts';

export type Environment = Readonly<Record<string, string>>;

/** What a user's shell has, without what a test machine may have set for its servers. */
const usual = (): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(KAFKA|REDIS|ALO|NODE_OPTIONS)/.test(name)));

/** Starts the command line with this in its environment, beside what a shell has. */
export const startIn = (environment: Environment, args: readonly string[]): Started =>
  start(args, { env: { ...usual(), ...environment } });

/** Runs it to its end, with this as its standard input. */
export const runIn = (environment: Environment, args: readonly string[], stdin = ''): Promise<Ended> => {
  const { child, ended } = startIn(environment, args);
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(stdin);
  return ended;
};

export type Servers = { readonly brokers: string; readonly redisUrl: string };

const shared = async (): Promise<Servers> => {
  const [{ brokers }, { url }] = await Promise.all([kafkaForTests(), redisForTests()]);
  return { brokers, redisUrl: url };
};

/** An operator with topics and keys of a prefix of their own, on servers that are shared or their own. */
export const makeOperator = async (own?: Servers) => {
  const { brokers, redisUrl } = own ?? (await shared());
  const prefix = ownPrefix();
  const environment = {
    KAFKA_BROKERS: brokers,
    KAFKA_TOPIC_PREFIX: prefix,
    REDIS_URL: redisUrl,
    REDIS_KEY_PREFIX: prefix.replace('.', ''),
    ALO_GROUP: `${prefix}engines`,
    ALO_SESSION_TIMEOUT_MS: '2000',
  };
  const kafka = connectKafka(
    { KAFKA_BROKERS: brokers.split(','), KAFKA_TLS: false, KAFKA_TOPIC_PREFIX: prefix },
    { clientId: 'test' },
  );
  return {
    environment,
    prefix,
    kafka,
    journal: `${prefix}${topics.journal}`,
    /** Runs alo as this operator. */
    alo: (args: readonly string[], stdin = '') => runIn(environment, args, stdin),
    start: (args: readonly string[]) => startIn(environment, args),
    /** Runs a line of shell in which `alo` is the command line. */
    shell: (script: string) => shell(script, undefined, { ...usual(), ...environment }),
  };
};

export type Operator = Awaited<ReturnType<typeof makeOperator>>;

export const topicsJson = join(root, 'infra/kafka/topics.json');

/** Names of all of alo's topics, without a prefix. */
export const topicNames: readonly string[] = JSON.parse(readFileSync(topicsJson, 'utf8')).topics.map(
  ({ name }: { name: string }) => name,
);
