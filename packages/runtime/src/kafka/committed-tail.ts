import { setTimeout as sleep } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import { type Broker, openCluster } from './cluster.ts';
import { makeCommittedFilter } from './committed.ts';
import { fetchFrom } from './fetch.ts';
import { keyOf, type Led, leadersOf, offsetsOf, type Part } from './led-partitions.ts';
import { reasonOf } from './reason-of.ts';
import type { FetchedRecord } from './record-batches.ts';

/** A committed record, and where it lies. */
export type TailedRecord = { readonly topic: string; readonly partition: number; readonly record: FetchedRecord };

export type TailOptions = {
  /** They must be there. */
  readonly topics: readonly string[];
  /** From the first record that is still there, and not from now on. */
  readonly fromBeginning: boolean;
  readonly signal: AbortSignal;
  /** Those of one partition come in order; the next of the same broker wait until this resolves. */
  readonly onRecords: (records: readonly TailedRecord[]) => Promise<void>;
  /** Told of so many partitions, each time they are followed anew. */
  readonly onFollowing: (partitions: number) => void;
  /** They cannot be followed now, and are tried again and again. */
  readonly onProblem: (why: string) => void;
};

type Followed = Part & {
  readonly filter: ReturnType<typeof makeCommittedFilter>;
  /** Undefined until it is known where to begin. */
  offset: number | undefined;
};

const waitMs = 250;
const partBytesMax = 256 * 1024;
const backoffMsMin = 250;
const backoffMsMax = 5000;

const followed = (known: Map<string, Followed>, part: Part): Followed => {
  const key = keyOf(part);
  const found = known.get(key) ?? { ...part, filter: makeCommittedFilter(), offset: undefined };
  known.set(key, found);
  return found;
};

const followedBy = (led: readonly Led<Part>[], known: Map<string, Followed>): Led<Followed>[] =>
  led.map(({ broker, parts }) => ({ broker, parts: parts.map((part) => followed(known, part)) }));

/** Where to begin, or to go on where the log has not lost what is next. */
const place = async (led: Led<Followed>, fromBeginning: boolean): Promise<void> => {
  const first = await offsetsOf(led, 'first');
  const stable = await offsetsOf(led, 'stable');
  for (const part of led.parts) {
    const key = keyOf(part);
    const begin = (fromBeginning ? first : stable).get(key) as number;
    part.offset = Math.max(part.offset ?? begin, first.get(key) as number);
  }
};

type Answered = { readonly part: Followed; readonly records: readonly FetchedRecord[]; readonly end: number };

const fetch = async (broker: Broker, parts: readonly Followed[], wait: number): Promise<Answered[]> => {
  const wishes = parts.map(({ topic, partition, offset }) => ({
    topic,
    partition,
    offset: offset as number,
    waitMs: wait,
    bytesMax: partBytesMax,
  }));
  const found = new Map((await fetchFrom(broker, wishes)).map((one) => [keyOf(one), one]));
  return parts.map((part) => {
    const { records = [], end = 0 } = found.get(keyOf(part)) ?? {};
    return { part, records, end };
  });
};

const taken = ({ part, records }: Answered): TailedRecord[] => {
  const last = records.at(-1);
  if (last) part.offset = last.offset + 1;
  const { topic, partition } = part;
  return part.filter(records).map((record) => ({ topic, partition, record }));
};

/** Compaction may leave a batch without records: it is stepped over, but only where nothing came of this part alone. */
const fetchAlone = async (broker: Broker, part: Followed): Promise<TailedRecord[]> => {
  const [answered] = (await fetch(broker, [part], 0)) as [Answered];
  if (answered.records.length === 0 && answered.end > (part.offset as number))
    part.offset = (part.offset as number) + 1;
  return taken(answered);
};

const isLeftOut = ({ part, records, end }: Answered): boolean => records.length === 0 && end > (part.offset as number);

type Give = (records: readonly TailedRecord[]) => Promise<void>;

/** Follows what one broker leads, until the signal comes or something fails. */
const follow = async ({ broker, parts }: Led<Followed>, signal: AbortSignal, give: Give): Promise<void> => {
  while (!signal.aborted) {
    const answers = await fetch(broker, parts, waitMs);
    await give(answers.flatMap(taken));
    for (const { part } of answers.filter(isLeftOut)) await give(await fetchAlone(broker, part));
  }
};

/** Waits for all, though one may fail: what one has taken, it gives before another round begins. */
const untilAllEnd = async (loops: readonly Promise<void>[], stop: () => void): Promise<void> => {
  for (const loop of loops) loop.catch(stop);
  const failed = (await Promise.allSettled(loops)).find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
};

/** Follows all of them over connections of this round's own; what fails in one ends the round. */
const followRound = async (kafka: Kafka, options: TailOptions, known: Map<string, Followed>): Promise<void> => {
  const cluster = openCluster(kafka);
  const round = new AbortController();
  const signal = AbortSignal.any([options.signal, round.signal]);
  const give: Give = async (records) => {
    if (records.length > 0 && !options.signal.aborted) await options.onRecords(records);
  };
  try {
    const led = followedBy(await leadersOf(cluster, options.topics), known);
    for (const one of led) await place(one, options.fromBeginning);
    options.onFollowing(known.size);
    await untilAllEnd(
      led.map((one) => follow(one, signal, give)),
      () => round.abort(),
    );
  } finally {
    await cluster.disconnect().catch(() => undefined);
  }
};

/**
 * Follows all partitions of some topics and gives their committed records, until the signal comes. Where Kafka does not
 * answer, it says so, waits, and goes on where it stood. Rejects with what `onRecords` rejects with.
 */
export const tailCommitted = async (kafka: Kafka, options: TailOptions): Promise<void> => {
  const known = new Map<string, Followed>();
  const { signal } = options;
  let backoffMs = backoffMsMin;
  let refused: { readonly reason: unknown } | undefined;
  const told: TailOptions = {
    ...options,
    onRecords: (records) =>
      options.onRecords(records).catch((reason) => {
        refused = { reason };
        throw reason;
      }),
    onFollowing: (partitions) => {
      backoffMs = backoffMsMin;
      options.onFollowing(partitions);
    },
  };
  while (!signal.aborted) {
    try {
      await followRound(kafka, told, known);
    } catch (error) {
      if (refused) throw refused.reason;
      if (signal.aborted) return;
      options.onProblem(reasonOf(error));
      await sleep(backoffMs, undefined, { signal }).catch(() => undefined);
      backoffMs = Math.min(backoffMsMax, backoffMs * 2);
    }
  }
};
