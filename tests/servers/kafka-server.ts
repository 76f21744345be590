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
  readonly listeners?: Readonly<Record<string, KafkaSecurity>>;
  /** Users that exist from the first start on. */
  readonly scramUsers?: readonly ScramUser[];
  /** In place of those that make it start soon and stay small. */
  readonly javaArgs?: readonly string[];
  /** What goes to `server.log` in its folder; WARN unless said otherwise. */
  readonly log?: 'ERROR' | 'WARN' | 'INFO' | 'DEBUG';
};

export type ScramUser = {
  readonly mechanism: 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
  readonly name: string;
  readonly password: string;
};

export type KafkaServer = TestServer & {
  /** Without TLS or password: `localhost:PORT`. */
  readonly brokers: string;
  /** `localhost:PORT` of each listener that was asked for, by its name. */
  readonly listeners: Readonly<Record<string, string>>;
};

const image = 'apache/kafka:4.3.1';
const javaArgsUsual = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

type Java = { readonly program: Program; readonly classes: string };

const javaOf = async (means: KafkaMeans): Promise<Java> =>
  means.kind === 'java'
    ? { program: { file: means.java }, classes: join(await fetchLibraries(), '*') }
    : { program: { file: 'java', image }, classes: '/opt/kafka/libs/*' };

/** Starts a Kafka of one's own: empty, on free ports of 127.0.0.1. Throws where there is nothing to start it with. */
export const startKafka = async (options: KafkaOptions = {}): Promise<KafkaServer> => {
  const means = kafkaMeans(process.env);
  if (means === undefined) throw new Error(`To start Kafka, ${installKafka}.`);
  const java = await javaOf(means);
  const folder = guardedFolder('kafka', means.kind === 'docker' ? killing.container : killing.group);
  try {
    return await startIn(folder, java, options);
  } catch (error) {
    await folder.remove();
    throw new Error(`Kafka did not start: ${error instanceof Error ? error.message : error}`);
  }
};

const startIn = async (folder: GuardedFolder, { program, classes }: Java, options: KafkaOptions) => {
  const listeners = await listenersOf(options);
  const file = join(folder.path, 'server.properties');
  const dataDir = join(folder.path, 'data');
  const host = program.image === undefined ? '127.0.0.1' : '0.0.0.0';
  const usual = kafkaProperties({ host, dataFolder: dataDir, controllerPort: await freePort(), listeners });
  writeFileSync(file, propertiesFile({ ...usual, ...options.properties }));
  await runToEnd({ program, folder, args: ['-cp', classes, ...formatArgs(file, options.scramUsers ?? [])] });

  const ports = listeners.map(({ port }) => port);
  const logLevel = `-Dorg.apache.logging.log4j.level=${options.log ?? 'WARN'}`;
  const args = [...(options.javaArgs ?? javaArgsUsual), logLevel, '-cp', classes, 'kafka.Kafka', file];
  const run = runOf({ program, args, folder, ports });
  const [{ port }, ...others] = listeners;
  const server = await startServer({ port, dataDir, folder, run, answers: kafkaAnswers });
  return { ...server, brokers: `localhost:${port}`, listeners: addressesOf(others) };
};

const listenersOf = async ({ listeners = {} }: KafkaOptions): Promise<[KafkaListener, ...KafkaListener[]]> => {
  const asked = Object.entries(listeners).map(async ([name, security]) => ({ name, security, port: await freePort() }));
  return [{ name: 'PLAINTEXT', security: 'PLAINTEXT', port: await freePort() }, ...(await Promise.all(asked))];
};

const addressesOf = (listeners: readonly KafkaListener[]): Record<string, string> =>
  Object.fromEntries(listeners.map(({ name, port }) => [name, `localhost:${port}`]));

/** 16 bytes at random, but never with a minus in front: that would be taken for an option. */
const clusterId = (): string => `A${randomBytes(16).toString('base64url').slice(1)}`;

const formatArgs = (file: string, users: readonly ScramUser[]): string[] => [
  ...['kafka.tools.StorageTool', 'format', '--standalone', '-c', file],
  ...['-t', clusterId()],
  ...users.flatMap((user) => ['--add-scram', `${user.mechanism}=[name=${user.name},password=${user.password}]`]),
];
