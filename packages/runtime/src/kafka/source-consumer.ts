import type {
  Consumer,
  EachBatchHandler,
  EachBatchPayload,
  IHeaders,
  Kafka,
  KafkaMessage,
  OffsetsByTopicPartition,
} from 'kafkajs';
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

/** What is done later, unless it is called off. */
const makeTimers = () => {
  const timers = new Set<NodeJS.Timeout>();
  return {
    after: (ms: number, act: () => void): void => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        act();
      }, ms);
      timers.add(timer);
    },
    clear: (): void => {
      for (const timer of timers) clearTimeout(timer);
    },
  };
};

/** Takes a batch part by part, and commits each that was taken. A part that cannot be taken pauses its partition. */
const makeBatchTaker = ({ take, onPause, onResume }: SourceOptions, onBug: (error: unknown) => void) => {
  const paces = makePaces();
  const timers = makeTimers();

  const pauseFor = ({ pause, batch: { topic, partition } }: EachBatchPayload, reason: string): false => {
    const resume = pause();
    timers.after(paces.failed(`${topic}/${partition}`), resume);
    onPause(topic, partition, reason);
    return false;
  };

  const isTaken = async (records: readonly SourceRecord[], payload: EachBatchPayload): Promise<boolean> => {
    try {
      await take(records);
      return true;
    } catch (error) {
      if (error instanceof InfrastructureError) return pauseFor(payload, error.message);
      onBug(error);
      throw error;
    }
  };

  const takeBatch = async (payload: EachBatchPayload): Promise<void> => {
    const { batch, resolveOffset, commitOffsetsIfNecessary, heartbeat, isRunning, isStale } = payload;
    const { topic, partition, messages } = batch;
    const name = `${topic}/${partition}`;
    for (let at = 0; at < messages.length; ) {
      if (!isRunning() || isStale()) return;
      const upTo = at + paces.recordsMax(name);
      const records = messages.slice(at, upTo).map((message) => recordOf(topic, partition, message));
      if (!(await isTaken(records, payload))) return;
      at = upTo;
      paces.taken(name);
      const last = (records.at(-1) as SourceRecord).offset;
      resolveOffset(last);
      await commitOffsetsIfNecessary(offsetsAfter(topic, partition, last));
      await heartbeat();
    }
    if (paces.end(name)) onResume(topic, partition);
  };
  return { takeBatch, stopResuming: timers.clear };
};

const unreadable = (error: unknown) => new InfrastructureError(`the topics cannot be read: ${reasonOf(error)}`);

const start = async (consumer: Consumer, topics: readonly string[], eachBatch: EachBatchHandler): Promise<void> => {
  await consumer.connect();
  await consumer.subscribe({ topics: [...topics], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: partitionsAtOnce,
    eachBatch,
  });
};

/** Consumes topics as one of a group, each partition in order; what was taken is committed, and only that. */
export const consumeSources = async (kafka: Kafka, options: SourceOptions): Promise<SourceConsumer> => {
  const consumer = openConsumer(kafka, options);
  const ended = Promise.withResolvers<void>();
  // Who does not wait for the end is not to be ended by it.
  ended.promise.catch(() => undefined);
  let bug: unknown;
  const { takeBatch, stopResuming } = makeBatchTaker(options, (error) => {
    bug = error;
  });
  const close = () => {
    stopResuming();
    return consumer.disconnect().catch(() => undefined);
  };
  consumer.on(consumer.events.CRASH, ({ payload: { error } }) => {
    stopResuming();
    ended.reject(bug ?? unreadable(error));
  });
  consumer.on(consumer.events.GROUP_JOIN, ({ payload: { memberAssignment } }) => {
    options.onAssigned(Object.values(memberAssignment).flat().length);
  });
  try {
    await start(consumer, options.topics, takeBatch);
  } catch (error) {
    await close();
    throw unreadable(error);
  }
  return { ended: ended.promise, stop: () => close().then(ended.resolve) };
};
