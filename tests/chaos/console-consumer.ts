import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Admin, Kafka, type KafkaJSError, logLevel } from 'kafkajs';
import { type GuardedFolder, guardedFolder } from '../servers/guarded-folder.ts';
import { fetchLibraries } from '../servers/libraries.ts';
import { kafkaMeans } from '../servers/means.ts';
import { installJdk } from '../servers/missing-servers.ts';
import { runToEnd } from '../servers/server-run.ts';

/** As Kafka's own consumer was given it. */
export type ConsoleRecord = {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** In their order: a name may be there twice. */
  readonly headers: readonly { readonly name: string; readonly value: Buffer | null }[];
};

type ReadOptions = { readonly brokers: string; readonly topics: readonly string[] };

/**
 * All committed records of these topics, as Kafka's console consumer reads them: a reader that shares nothing with
 * alo's own. In one run of Java for all topics, each partition's records in their order. Ends when the consumer has
 * committed that it read up to where each partition was stable when this was asked, whatever lies there; so nothing
 * is missing because a machine was slow. Throws what the consumer said if it ends before, or takes too long.
 */
export const readByConsole = async ({ brokers, topics }: ReadOptions): Promise<ConsoleRecord[]> => {
  const folder = guardedFolder('console');
  const admin = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING }).admin();
  try {
    await admin.connect();
    const ends = await stableEnds(admin, topics);
    const group = `console-${randomBytes(6).toString('hex')}`;
    const consumer = await startConsumer(folder, { brokers, topics, group });
    return await consumer.recordsOnce(() => hasReached(admin, group, ends));
  } finally {
    await admin.disconnect();
    await folder.remove();
  }
};

type End = { readonly topic: string; readonly partition: number; readonly offset: number };

/** Up to where a reader of committed records is let: `high` is the last stable offset here. */
const stableEnds = async (admin: Admin, topics: readonly string[]): Promise<End[]> => {
  const found = await Promise.all(
    topics.map(async (topic) =>
      (await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => ({ topic, partition, offset: Number(high) })),
    ),
  );
  return found.flat();
};

/** The consumer commits where it stands: behind what it has printed, and behind what it passed over. */
const hasReached = async (admin: Admin, group: string, ends: readonly End[]): Promise<boolean> => {
  const committed = await committedOffsets(admin, group, ends);
  return ends.every(({ topic, partition, offset }) => (committed.get(`${topic}/${partition}`) ?? -1) >= offset);
};

/** None while the group's coordinator is not to be found, or loads. */
const committedOffsets = async (admin: Admin, groupId: string, ends: readonly End[]) => {
  const topics = [...new Set(ends.map(({ topic }) => topic))];
  const found = await admin.fetchOffsets({ groupId, topics }).catch((error: KafkaJSError) => {
    if (error.retriable) return [];
    throw error;
  });
  const entries = found.flatMap(({ topic, partitions }) =>
    partitions.map(({ partition, offset }) => [`${topic}/${partition}`, Number(offset)] as const),
  );
  return new Map(entries);
};

type Asked = ReadOptions & { readonly group: string };

const pollMs = 50;
const readMsMax = 120_000;

const startConsumer = async (folder: GuardedFolder, asked: Asked) => {
  const means = kafkaMeans(process.env);
  if (means?.kind !== 'java') throw new Error(`To start Kafka's console consumer, ${installJdk}.`);
  const libraries = join(await fetchLibraries(), '*');
  await compileFormatter(folder, means.java, libraries);
  const classes = [folder.path, libraries].join(delimiter);
  const args = [...javaArgs, '-cp', classes, ...consumerArgs(asked)];
  const child = spawn(means.java, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  await once(child, 'spawn');
  folder.watch(child.pid!);
  child.once('exit', () => folder.watch(''));
  const output = Promise.all([linesOf(child.stdout), text(child.stderr), once(child, 'close')]);

  const recordsOnce = async (isDone: () => Promise<boolean>): Promise<ConsoleRecord[]> => {
    const isComplete = await untilDoneOrEnded(child, isDone);
    child.kill('SIGTERM');
    const [{ records, complaints }, errors] = await output;
    if (!isComplete) throw new Error(`the console consumer has not read all:\n${complaints}\n${errors}`);
    return records;
  };
  return { recordsOnce };
};

const untilDoneOrEnded = async (child: ChildProcess, isDone: () => Promise<boolean>): Promise<boolean> => {
  const giveUpAtMs = Date.now() + readMsMax;
  while (!(await isDone())) {
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > giveUpAtMs) return false;
    await sleep(pollMs);
  }
  return true;
};

/** Java unfolds the star in a class path, and the compiler takes over Java's; of its own it does not. */
const compileFormatter = (folder: GuardedFolder, java: string, libraries: string): Promise<void> =>
  runToEnd({
    program: { file: java },
    folder,
    args: [
      ...['-cp', libraries, '-m', 'jdk.compiler/com.sun.tools.javac.Main', '-d', folder.path],
      join(import.meta.dirname, 'RecordLine.java'),
    ],
  });

const javaArgs = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Dorg.apache.logging.log4j.level=WARN'];

const consumerArgs = ({ brokers, topics, group }: Asked): string[] => [
  'org.apache.kafka.tools.consumer.ConsoleConsumer',
  ...['--bootstrap-server', brokers, '--group', group],
  ...['--include', topics.map((topic) => topic.replaceAll('.', '\\.')).join('|'), '--from-beginning'],
  ...['--isolation-level', 'read_committed', '--formatter', 'RecordLine'],
  ...['--command-property', 'auto.commit.interval.ms=100', '--command-property', 'metadata.max.age.ms=1000'],
];

/** Beside records, Java's log may be on these lines. */
const linesOf = async (stdout: Readable) => {
  const records: ConsoleRecord[] = [];
  const complaints: string[] = [];
  for await (const line of createInterface({ input: stdout })) {
    if (line.startsWith('record ')) records.push(recordIn(line));
    else complaints.push(line);
  }
  return { records, complaints: complaints.join('\n') };
};

/** See RecordLine.java. */
const recordIn = (line: string): ConsoleRecord => {
  const [, topic, partition, offset, key, value, ...headers] = line.split(' ') as string[];
  return {
    topic: topic!,
    partition: Number(partition),
    offset: Number(offset),
    key: decoded(key!),
    value: decoded(value!),
    headers: headers.map((header) => {
      const [name, bytes] = header.split(':');
      return { name: String(decoded(name!)), value: decoded(bytes!) };
    }),
  };
};

const decoded = (encoded: string): Buffer | null => (encoded === 'null!' ? null : Buffer.from(encoded, 'base64'));
