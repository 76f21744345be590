import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { topics } from '@alo/contracts';
import { connectKafka, connectRedis, createTopics, partitionBounds, readApplied } from '@alo/runtime/live';
import { type KafkaCluster, startKafkaCluster } from '../servers/kafka-cluster.ts';
import { startRedis } from '../servers/redis-server.ts';
import { intakeConfig, sourceNames } from './load.ts';
import { type Environment, type ServiceName, type Supervised, supervise } from './supervised.ts';
import { openProxy, type TcpProxy } from './tcp-proxy.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const aloProgram = join(root, 'services/cli/bin/alo.js');
const mobifone = join(root, 'infra/policies/mobifone.json');

export const partitions = 6;
const brokers = 3;
export const sourcePartitions = 3;
const sessionTimeoutMs = 3000;
const intakeGroup = 'alo-intake';
const redisWaitMs = 10_000;

const services = {
  engine1: 'engine',
  engine2: 'engine',
  engine3: 'engine',
  intake: 'intake',
  clock: 'clock',
} as const satisfies Readonly<Record<string, ServiceName>>;

export type ClientName = keyof typeof services;
export const clientNames = Object.keys(services) as ClientName[];
export const engineNames = ['engine1', 'engine2', 'engine3'] as const satisfies readonly ClientName[];

/** The ways by which one process goes to its servers: each can be cut by itself. */
type Ways = { readonly kafka: readonly TcpProxy[]; readonly redis: TcpProxy };

const listenerOf = (name: ClientName): string => name.toUpperCase();

type Targets = {
  readonly kafka: (name: ClientName, node: number) => number | undefined;
  readonly redis: () => number;
};

const openWays = async (targets: Targets) => {
  const ways = new Map<ClientName, Ways>();
  for (const name of clientNames) {
    const kafka = Array.from({ length: brokers }, (_, node) => openProxy({ target: () => targets.kafka(name, node) }));
    ways.set(name, { kafka: await Promise.all(kafka), redis: await openProxy({ target: targets.redis }) });
  }
  return (name: ClientName): Ways => ways.get(name) as Ways;
};

const addressesOf = ({ kafka }: Ways): string => kafka.map(({ port }) => `localhost:${port}`).join();

/** Others are elected soon. */
const properties = { 'controller.quorum.election.timeout.ms': '1000', 'replica.lag.time.max.ms': '10000' };

export type SiteOptions = {
  /** Where all logs of the run go. */
  readonly folder: string;
  /** For the engines alone: a safeguard that is switched off. */
  readonly engineEnvironment: Environment;
  readonly onSaid: (name: ClientName, sentence: string) => void;
  readonly onUnexpectedEnd: (how: string) => void;
};

/** All that a carrier would run: three brokers, a Redis, intake, three engines and a clock, with a proxy on each way. */
export const openSite = async ({ folder, engineEnvironment, onSaid, onUnexpectedEnd }: SiteOptions) => {
  mkdirSync(folder, { recursive: true });
  let cluster: KafkaCluster | undefined;
  const redis = await startRedis();
  const waysOf = await openWays({
    kafka: (name, node) => cluster?.nodes[node]?.ports[listenerOf(name)],
    redis: () => redis.port,
  });
  const listeners = Object.fromEntries(
    clientNames.map((name) => [
      listenerOf(name),
      { security: 'PLAINTEXT' as const, advertised: (node: number) => waysOf(name).kafka[node]?.port as number },
    ]),
  );
  cluster = await startKafkaCluster({ nodes: brokers, listeners, properties });

  const direct = { KAFKA_BROKERS: cluster.brokers, REDIS_URL: redis.url, REDIS_KEY_PREFIX: 'alo' };
  const kafka = connectKafka(
    { KAFKA_BROKERS: cluster.brokers.split(','), KAFKA_TLS: false, KAFKA_TOPIC_PREFIX: '' },
    { clientId: 'chaos' },
  );
  const states = connectRedis({ REDIS_URL: redis.url, REDIS_KEY_PREFIX: 'alo' }, { name: 'chaos' });

  /** A command of alo's own, as an operator gives it. Rejects with what it said. */
  const alo = async (...args: string[]): Promise<void> => {
    await run(process.execPath, [aloProgram, ...args], { env: { ...process.env, NODE_OPTIONS: '', ...direct } });
  };

  let version = 0;
  const publishPolicy = async (given: number): Promise<void> => {
    const file = join(folder, `policy-${given}.json`);
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(mobifone, 'utf8')), version: given }));
    await alo('policy', 'publish', file);
  };

  await alo('topics', 'create', '--partitions', `${partitions}`, '--replication', `${brokers}`);
  const sources = Object.values(sourceNames);
  await createTopics(
    kafka,
    sources.map((name) => ({ name, partitions: sourcePartitions, replicationFactor: brokers, config: {} })),
  );
  version += 1;
  await publishPolicy(version);
  const intakeFile = join(folder, 'intake.json');
  writeFileSync(intakeFile, JSON.stringify(intakeConfig(''), undefined, 2));

  const environmentOf = (name: ClientName): Environment => ({
    KAFKA_BROKERS: addressesOf(waysOf(name)),
    REDIS_URL: `redis://127.0.0.1:${waysOf(name).redis.port}`,
    REDIS_KEY_PREFIX: 'alo',
    ALO_SESSION_TIMEOUT_MS: `${sessionTimeoutMs}`,
    ALO_INTAKE_CONFIG: intakeFile,
    ALO_TICK_MS: '500',
    ...(services[name] === 'engine' && engineEnvironment),
  });

  const processes = new Map<ClientName, Supervised>(
    clientNames.map((name) => [
      name,
      supervise({
        name,
        service: services[name],
        environment: environmentOf(name),
        log: join(folder, `${name}.log`),
        onSaid: (sentence) => onSaid(name, sentence),
        onUnexpectedEnd,
      }),
    ]),
  );

  const stopOne = async (name: ClientName): Promise<void> => {
    const { hold, stop } = processes.get(name) as Supervised;
    hold();
    await stop();
  };

  const ends = async (names: readonly string[]) =>
    (await partitionBounds(kafka, names)).map(({ topic, partition, end }) => ({ topic, partition, end }));

  /** What intake has committed, by topic and partition. */
  const takenIn = async (): Promise<ReadonlyMap<string, number>> => {
    const admin = kafka.admin();
    await admin.connect();
    try {
      const groups = await admin.fetchOffsets({ groupId: intakeGroup, topics: sources });
      return new Map(
        groups.flatMap(({ topic, partitions: of }) =>
          of.map(({ partition, offset }) => [`${topic}/${partition}`, Number(offset)] as const),
        ),
      );
    } finally {
      await admin.disconnect();
    }
  };

  const numbers = Array.from({ length: partitions }, (_, partition) => partition);

  return {
    folder,
    kafka,
    cluster: cluster as KafkaCluster,
    redis,
    states,
    waysOf,
    numbers,
    process: (name: ClientName): Supervised => processes.get(name) as Supervised,
    startAll: (): void => {
      for (const { release } of processes.values()) release();
    },
    stopOne,
    stopAll: async (): Promise<void> => {
      for (const name of clientNames) await stopOne(name);
    },
    /** A version of the policy that none was before. */
    publishNextPolicy: async (): Promise<void> => {
      version += 1;
      await publishPolicy(version);
    },
    /** Publishes the last one again: what was cut short is gone on with. */
    publishPolicyAgain: () => publishPolicy(version),
    journalEnds: () => ends([topics.journal]),
    sourceEnds: () => ends(sources),
    takenIn,
    appliedOffset: async (partition: number): Promise<number> => {
      await states.whenReady(redisWaitMs);
      return (await readApplied(states, { prefix: 'alo', partition }))?.offset ?? 0;
    },
    /** A command to Redis, once it can be used. */
    askRedis: async <Answer>(ask: (redis: typeof states.redis) => Promise<Answer>): Promise<Answer> => {
      await states.whenReady(redisWaitMs);
      return ask(states.redis);
    },
    close: async (): Promise<void> => {
      for (const { close } of processes.values()) await close();
      await states.close();
      await cluster?.remove();
      await redis.remove();
      for (const name of clientNames) {
        const { kafka: toKafka, redis: toRedis } = waysOf(name);
        for (const proxy of [...toKafka, toRedis]) await proxy.close();
      }
    },
  };
};

export type Site = Awaited<ReturnType<typeof openSite>>;
