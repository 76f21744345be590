import type { Consumer, EachBatchPayload, IHeaders, Kafka, KafkaMessage, OffsetsByTopicPartition } from 'kafkajs';
import { InfrastructureError } from '../errors.ts';
import { requestRetry } from './connection.ts';
import { reasonOf } from './reason-of.ts';
import './zstd-codec.ts';

/** A record of a topic that is not alo's, as it lies there. */
export type SourceRecord = {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  /** Milliseconds since 1970. */
  readonly timestampMs: number;
  readonly key: Uint8Array | null;
  readonly headers: IHeaders;
  readonly value: Uint8Array | null;
};

export type SourceOptions = {
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly sessionTimeoutMs: number;
  /**
   * Takes records of one partition, in order, and resolves when they need not be read again. When it rejects with
   * InfrastructureError, that partition pauses, and the same records come again; anything else ends the consumer.
   */
  readonly take: (records: readonly SourceRecord[]) => Promise<void>;
  /** A partition pauses, and why. */
  readonly onPause: (topic: string, partition: number, reason: string) => void;
  /** All that had been fetched of a partition that paused was taken. */
  readonly onResume: (topic: string, partition: number) => void;
  /** This member of the group was given its share of the partitions, which may be none. */
  readonly onAssigned: (partitions: number) => void;
};

export type SourceConsumer = {
  /** Settles when it consumes no more: rejects with what ended it, resolves after `stop`. */
  readonly ended: Promise<void>;
  /** Lets what is being taken come to its end and commits it, so that nothing is read twice; then leaves the group. */
  readonly stop: () => Promise<void>;
};

const takenMax = 1000;
const partitionsAtOnce = 4;
const pauseMsMin = 250;
const pauseMsMax = 10_000;

const recordOf = (topic: string, partition: number, message: KafkaMessage): SourceRecord => ({
  topic,
  partition,
  offset: message.offset,
  timestampMs: Number(message.timestamp),
  key: message.key,
  headers: message.headers ?? {},
  value: message.value,
});

/** The group goes on behind this record. */
const offsetsAfter = (topic: string, partition: number, last: string): OffsetsByTopicPartition => ({
  topics: [{ topic, partitions: [{ partition, offset: `${BigInt(last) + 1n}` }] }],
});

type Pace = { readonly recordsMax: number; readonly pauseMs: number };

const fullPace: Pace = { recordsMax: takenMax, pauseMs: pauseMsMin };

/**
 * After a failure a partition begins with one record at a time and doubles: a record that cannot be taken does not have
 * those beside it taken again and again. Pauses double for as long as nothing is taken.
 */
const makePaces = () => {
  const paces = new Map<string, Pace>();
  const paceOf = (name: string) => paces.get(name) ?? fullPace;
  return {
    recordsMax: (name: string) => paceOf(name).recordsMax,
    failed: (name: string): number => {
      const { pauseMs } = paceOf(name);
      paces.set(name, { recordsMax: 1, pauseMs: Math.min(pauseMsMax, 2 * pauseMs) });
      return pauseMs;
    },
    taken: (name: string): void => {
      if (!paces.has(name)) return;
      paces.set(name, { recordsMax: Math.min(takenMax, 2 * paceOf(name).recordsMax), pauseMs: pauseMsMin });
    },
    /** Whether it had paused. */
    end: (name: string): boolean => paces.delete(name),
  };
};

/** Knows what runs, so that its end can be waited for. */
const makeTracker = () => {
  const running = new Set<Promise<void>>();
  return {
    track: (work: Promise<void>): Promise<void> => {
      const settled = work.catch(() => undefined);
      running.add(settled);
      settled.then(() => running.delete(settled));
      return work;
    },
    idle: () => Promise.all(running).then(() => undefined),
  };
};

const openConsumer = (kafka: Kafka, { groupId, sessionTimeoutMs }: SourceOptions): Consumer =>
  kafka.consumer({
    groupId,
    sessionTimeout: sessionTimeoutMs,
    rebalanceTimeout: 2 * sessionTimeoutMs,
    heartbeatInterval: Math.floor(sessionTimeoutMs / 4),
    maxWaitTimeInMs: 250,
    metadataMaxAge: 60_000,
    allowAutoTopicCreation: false,
    retry: { ...requestRetry, restartOnFailure: async () => false },
  });

/** Consumes topics as one of a group, each partition in order; what was taken is committed, and only that. */
export const consumeSources = async (kafka: Kafka, options: SourceOptions): Promise<SourceConsumer> => {
  const { topics, take, onPause, onResume, onAssigned } = options;
  const consumer = openConsumer(kafka, options);
  const paces = makePaces();
  const tracker = makeTracker();
  const resumptions = new Set<NodeJS.Timeout>();
  let isStopping = false;
  let bug: unknown;
  let settle: { resolve: () => void; reject: (error: unknown) => void };
  const ended = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  ended.catch(() => undefined);

  const pauseFor = ({ pause, batch: { topic, partition } }: EachBatchPayload, reason: string) => {
    const pauseMs = paces.failed(`${topic}/${partition}`);
    const resume = pause();
    const resumption = setTimeout(() => {
      resumptions.delete(resumption);
      resume();
    }, pauseMs);
    resumptions.add(resumption);
    onPause(topic, partition, reason);
  };

  const takeBatch = async (payload: EachBatchPayload): Promise<void> => {
    const { batch, resolveOffset, commitOffsetsIfNecessary, heartbeat, isRunning, isStale } = payload;
    const { topic, partition, messages } = batch;
    const name = `${topic}/${partition}`;
    for (let at = 0; at < messages.length; ) {
      if (isStopping || !isRunning() || isStale()) return;
      const upTo = at + paces.recordsMax(name);
      const records = messages.slice(at, upTo).map((message) => recordOf(topic, partition, message));
      at = upTo;
      try {
        await take(records);
      } catch (error) {
        if (error instanceof InfrastructureError) return pauseFor(payload, error.message);
        bug = error;
        throw error;
      }
      paces.taken(name);
      const last = (records.at(-1) as SourceRecord).offset;
      resolveOffset(last);
      await commitOffsetsIfNecessary(offsetsAfter(topic, partition, last));
      await heartbeat();
    }
    if (paces.end(name)) onResume(topic, partition);
  };

  const close = async () => {
    for (const resumption of resumptions) clearTimeout(resumption);
    await consumer.disconnect();
  };

  consumer.on(consumer.events.CRASH, ({ payload: { error } }) => {
    for (const resumption of resumptions) clearTimeout(resumption);
    settle.reject(bug ?? new InfrastructureError(`the topics cannot be read: ${reasonOf(error)}`));
  });
  consumer.on(consumer.events.GROUP_JOIN, ({ payload: { memberAssignment } }) => {
    onAssigned(Object.values(memberAssignment).flat().length);
  });

  const start = async () => {
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: partitionsAtOnce,
      eachBatch: (payload) => tracker.track(takeBatch(payload)),
    });
  };

  try {
    await start();
  } catch (error) {
    await close().catch(() => undefined);
    throw new InfrastructureError(`the topics cannot be read: ${reasonOf(error)}`);
  }
  return {
    ended,
    stop: async () => {
      isStopping = true;
      await tracker.idle();
      await close().catch(() => undefined);
      settle.resolve();
    },
  };
};
