import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kafkaAnswers } from './answers.ts';
import { freePort } from './free-port.ts';
import { type GuardedFolder, guardedFolder, killing } from './guarded-folder.ts';
import { type KafkaListener, type KafkaSecurity, kafkaProperties, propertiesFile } from './kafka-properties.ts';
import { fetchLibraries } from './libraries.ts';
import { type KafkaMeans, kafkaMeans } from './means.ts';
import { installKafka } from './missing-servers.ts';
import { type Program, runOf, runToEnd } from './server-run.ts';
import { startServer, type TestServer } from './test-server.ts';

export type KafkaOptions = {
  /** Beside those of kafka-properties.ts, or in their place. */
  readonly properties?: Readonly<Record<string, string>>;
  /** More listeners, each on a port of its own, by name (capitals): `{ SECURE: 'SASL_SSL' }`. */
  readonly listeners?: Readonly<Record<string, KafkaSecurity | AdvertisedListener>>;
  /** Users that exist from the first start on. */
  readonly scramUsers?: readonly ScramUser[];
  /** In place of those that make it start soon and stay small. */
  readonly javaArgs?: readonly string[];
  /** What goes to `server.log` in its folder; WARN unless said otherwise. */
  readonly log?: 'ERROR' | 'WARN' | 'INFO' | 'DEBUG';
};

/** A listener whose clients are sent to other ports than those it has, where proxies stand before it. */
export type AdvertisedListener = {
  readonly security: KafkaSecurity;
  /** The port of 127.0.0.1 for a node, by its place among the nodes: 0 is the first. */
  readonly advertised: (node: number) => number;
};

export type ScramUser = {
  readonly mechanism: 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
  readonly name: string;
  readonly password: string;
};

export type KafkaNode = TestServer & {
  /** By which Kafka calls it: 1 is the first. */
  readonly id: number;
  /** Without TLS or password: `localhost:PORT`. */
  readonly brokers: string;
  /** `localhost:PORT` of each listener that was asked for, by its name: where it listens, whatever it advertises. */
  readonly listeners: Readonly<Record<string, string>>;
  /** The same ports as numbers. */
  readonly ports: Readonly<Record<string, number>>;
};

const image = 'apache/kafka:4.3.1';

type Java = { readonly program: Program; readonly classes: string; readonly kill: string };

const javaOf = async (means: KafkaMeans): Promise<Java> =>
  means.kind === 'java'
    ? { program: { file: means.java }, classes: join(await fetchLibraries(), '*'), kill: killing.group }
    : { program: { file: 'java', image }, classes: '/opt/kafka/libs/*', kill: killing.container };

/** What is settled of a node before any starts, for each is told of all. */
type Plan = {
  readonly nodeId: number;
  readonly directoryId: string;
  readonly controllerPort: number;
  readonly listeners: readonly [KafkaListener, ...KafkaListener[]];
};

type Quorum = { readonly clusterId: string; readonly plans: readonly Plan[] };

/**
 * Starts so many brokers that make one Kafka: empty, on free ports of 127.0.0.1. Throws where there is nothing to
 * start it with, and leaves none when one does not start. Several need a JDK: containers do not reach each other.
 */
export const startNodes = async (count: number, options: KafkaOptions): Promise<KafkaNode[]> => {
  const means = kafkaMeans(process.env);
  if (means === undefined) throw new Error(`To start Kafka, ${installKafka}.`);
  const java = await javaOf(means);
  const plans = await Promise.all(Array.from({ length: count }, (_, node) => planOf(node, options)));
  const quorum = { clusterId: randomId(), plans };
  return allOrNone(plans.map((plan) => startNode(plan, quorum, java, options)));
};

const allOrNone = async (starts: readonly Promise<KafkaNode>[]): Promise<KafkaNode[]> => {
  try {
    return await Promise.all(starts);
  } catch (error) {
    for (const start of await Promise.allSettled(starts)) if (start.status === 'fulfilled') await start.value.remove();
    throw new Error(`Kafka did not start: ${error instanceof Error ? error.message : error}`);
  }
};

const planOf = async (node: number, { listeners = {} }: KafkaOptions): Promise<Plan> => {
  const asked = Object.entries(listeners).map(([name, listener]) => listenerOf(name, listener, node));
  const usual = listenerOf('PLAINTEXT', 'PLAINTEXT', node);
  return {
    nodeId: node + 1,
    directoryId: randomId(),
    controllerPort: await freePort(),
    listeners: [await usual, ...(await Promise.all(asked))],
  };
};

const listenerOf = async (
  name: string,
  listener: KafkaSecurity | AdvertisedListener,
  node: number,
): Promise<KafkaListener> => {
  const port = await freePort();
  if (typeof listener === 'string') return { name, security: listener, port, advertisedPort: port };
  return { name, security: listener.security, port, advertisedPort: listener.advertised(node) };
};

const startNode = async (plan: Plan, quorum: Quorum, java: Java, options: KafkaOptions): Promise<KafkaNode> => {
  const folder = guardedFolder('kafka', java.kill);
  try {
    return await startIn(folder, plan, quorum, java, options);
  } catch (error) {
    await folder.remove();
    throw error;
  }
};

const startIn = async (
  folder: GuardedFolder,
  plan: Plan,
  quorum: Quorum,
  { program, classes }: Java,
  options: KafkaOptions,
): Promise<KafkaNode> => {
  const { nodeId, listeners } = plan;
  const file = join(folder.path, 'server.properties');
  const dataDir = join(folder.path, 'data');
  const host = program.image === undefined ? '127.0.0.1' : '0.0.0.0';
  const controllerPorts = quorum.plans.map(({ controllerPort }) => controllerPort);
  const usual = kafkaProperties({ ...plan, host, dataFolder: dataDir, controllerPorts });
  writeFileSync(file, propertiesFile({ ...usual, ...options.properties }));
  await runToEnd({ program, folder, args: ['-cp', classes, ...formatArgs(file, quorum, options.scramUsers ?? [])] });

  const logLevel = `-Dorg.apache.logging.log4j.level=${options.log ?? 'WARN'}`;
  const args = [...(options.javaArgs ?? javaArgsUsual), logLevel, '-cp', classes, 'kafka.Kafka', file];
  const run = runOf({ program, args, folder, ports: listeners.map(({ port }) => port) });
  const [{ port }, ...others] = listeners;
  const server = await startServer({ port, dataDir, folder, run, answers: () => kafkaAnswers(port, nodeId) });
  return { ...server, id: nodeId, brokers: `localhost:${port}`, ...placesOf(others) };
};

const javaArgsUsual = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

const placesOf = (listeners: readonly KafkaListener[]): Pick<KafkaNode, 'listeners' | 'ports'> => ({
  listeners: Object.fromEntries(listeners.map(({ name, port }) => [name, `localhost:${port}`])),
  ports: Object.fromEntries(listeners.map(({ name, port }) => [name, port])),
});

/** 16 bytes at random, but never with a minus in front: that would be taken for an option. */
const randomId = (): string => `A${randomBytes(16).toString('base64url').slice(1)}`;

const formatArgs = (file: string, { clusterId, plans }: Quorum, users: readonly ScramUser[]): string[] => [
  ...['kafka.tools.StorageTool', 'format', '-c', file],
  ...['-t', clusterId],
  ...['--initial-controllers', plans.map(controllerOf).join()],
  ...users.flatMap((user) => ['--add-scram', `${user.mechanism}=[name=${user.name},password=${user.password}]`]),
];

const controllerOf = ({ nodeId, controllerPort, directoryId }: Plan): string =>
  `${nodeId}@127.0.0.1:${controllerPort}:${directoryId}`;
