import { setTimeout as sleep } from 'node:timers/promises';
import { connectRedis, openPartitionWriter, partitionBounds, readApplied } from '@alo/runtime/live';
import { type ServiceProcess, startService } from '../live/service-process.ts';
import type { Operator } from './operator.ts';

/** Partitions of an operator's journal in these tests. */
export const partitions = 2;
const partitionNumbers = Array.from({ length: partitions }, (_, partition) => partition);

const waitMsMax = 60_000;
const pollMs = 50;

export const until = async (what: string, isSo: () => Promise<boolean> | boolean): Promise<void> => {
  for (const startedMs = Date.now(); !(await isSo()); await sleep(pollMs)) {
    if (Date.now() - startedMs > waitMsMax) throw new Error(`${what}: not within ${waitMsMax} ms`);
  }
};

const mustEndWell = async (ended: Promise<{ readonly code: number | null; readonly stderr: string }>) => {
  const { code, stderr } = await ended;
  if (code !== 0) throw new Error(stderr);
};

export const createTopics = (operator: Operator): Promise<void> =>
  mustEndWell(operator.alo(['topics', 'create', '--partitions', `${partitions}`]));

export const publish = (operator: Operator, policyFile: string): Promise<void> =>
  mustEndWell(operator.alo(['policy', 'publish', policyFile]));

/** Sends events to the journal as they are. */
export const sendLines = (operator: Operator, lines: string): Promise<void> =>
  mustEndWell(operator.alo(['send', '--topic', operator.journal], lines));

export const startEngine = ({ environment }: Operator): ServiceProcess => startService('engine', environment);

/** Where each partition of the journal ends. */
export const journalEnds = async ({ kafka, journal }: Operator): Promise<number[]> =>
  (await partitionBounds(kafka, [journal])).map(({ end }) => end);

/** Waits until the states in Redis are at the end of the journal. */
export const caughtUp = async (operator: Operator): Promise<void> => {
  const { REDIS_URL, REDIS_KEY_PREFIX: prefix } = operator.environment;
  const redis = connectRedis({ REDIS_URL, REDIS_KEY_PREFIX: prefix }, { name: 'test' });
  try {
    await redis.whenReady(waitMsMax);
    await until('all is folded', async () => {
      const ends = await journalEnds(operator);
      const applied = await Promise.all(partitionNumbers.map((partition) => readApplied(redis, { prefix, partition })));
      return ends.every((end, partition) => applied[partition]?.offset === end);
    });
  } finally {
    await redis.close();
  }
};

/** Starts an engine, waits until it has folded all there is, and stops it. */
export const foldAll = async (operator: Operator): Promise<void> => {
  const engine = startEngine(operator);
  await caughtUp(operator);
  await engine.end('SIGTERM');
};

/** Writes something to one partition of the journal. */
export const writeTo = async ({ kafka, journal }: Operator, partition: number, text: string): Promise<void> => {
  const writer = await openPartitionWriter(kafka, journal);
  await writer.write(partition, text);
  await writer.close();
};
