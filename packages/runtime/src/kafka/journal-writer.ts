import type { Kafka, Message, Producer, RecordMetadata } from 'kafkajs';
import { InfrastructureError } from '../errors.ts';
import { requestRetry } from './connection.ts';
import { partitionOfKey } from './murmur2.ts';
import { isTooLarge, reasonOf } from './reason-of.ts';

/** A record to be written: its partition follows from its key. */
export type KeyedMessage = {
  readonly key: string;
  readonly value: Uint8Array | null;
  readonly headers?: Message['headers'];
};

export type JournalWriter = {
  /**
   * Writes in order and resolves when every in-sync replica has all of it. Resolves with the messages that the broker
   * takes not even alone, for their size. Rejects with InfrastructureError when it is not known what was written.
   */
  readonly write: (topic: string, messages: readonly KeyedMessage[]) => Promise<KeyedMessage[]>;
  readonly close: () => Promise<void>;
};

/** kafkajs groups the messages of a send in quadratic time. */
const sendMessagesMax = 1000;
/** Half of what a broker takes as one batch if nobody has told it otherwise. */
const sendBytesMax = 512 * 1024;
const overheadBytes = 100;
/** How long a broker may wait for the replicas. */
const acknowledgedWithinMs = 5000;
/** How often what a send has left out is sent again. */
const sendsMax = 3;

type Placed = { readonly original: KeyedMessage; readonly partition: number; readonly message: Message };

const bytesOf = (value: unknown): number => {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + bytesOf(item), 0);
  return typeof value === 'string' || value instanceof Uint8Array ? Buffer.byteLength(value) : 0;
};

const sizeOf = ({ original: { key, value, headers = {} } }: Placed): number =>
  overheadBytes +
  Buffer.byteLength(key) +
  bytesOf(value) +
  Object.entries(headers).reduce((sum, [name, header]) => sum + name.length + bytesOf(header), 0);

/** Parts that are small enough to be sent at once, in order. */
function* partsOf(messages: readonly Placed[]): Generator<Placed[]> {
  let part: Placed[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = sizeOf(message);
    if (part.length > 0 && (part.length >= sendMessagesMax || bytes + size > sendBytesMax)) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(message);
    bytes += size;
  }
  if (part.length > 0) yield part;
}

const placed = (original: KeyedMessage, partitionCount: number): Placed => {
  const partition = partitionOfKey(original.key, partitionCount);
  const value =
    original.value === null
      ? null
      : Buffer.from(original.value.buffer, original.value.byteOffset, original.value.byteLength);
  return { original, partition, message: { key: original.key, value, partition, headers: original.headers ?? {} } };
};

/** What was not acknowledged: the client may resolve with messages unsent when a partition's leader has moved. */
const unacknowledged = (part: readonly Placed[], acknowledged: readonly RecordMetadata[]): Placed[] => {
  const done = new Set(acknowledged.filter(({ errorCode }) => errorCode === 0).map(({ partition }) => partition));
  return part.filter(({ partition }) => !done.has(partition));
};

const sendAll = async (producer: Producer, topic: string, part: readonly Placed[]): Promise<void> => {
  let rest = part;
  for (let sends = 0; rest.length > 0; sends += 1) {
    if (sends === sendsMax) throw new InfrastructureError(`${topic} has not taken all that was sent`);
    const messages = rest.map(({ message }) => message);
    rest = unacknowledged(rest, await producer.send({ topic, messages, acks: -1, timeout: acknowledgedWithinMs }));
  }
};

/** Writes a part; where the broker finds the batch too large, each message alone. */
const sendPart = async (producer: Producer, topic: string, part: readonly Placed[]): Promise<Placed[]> => {
  try {
    await sendAll(producer, topic, part);
    return [];
  } catch (error) {
    if (!isTooLarge(error)) throw error;
  }
  if (part.length === 1) return [...part];
  const left: Placed[] = [];
  for (const one of part) left.push(...(await sendPart(producer, topic, [one])));
  return left;
};

const partitionCounts = async (kafka: Kafka, topics: readonly string[]): Promise<Map<string, number>> => {
  const admin = kafka.admin({ retry: requestRetry });
  try {
    await admin.connect();
    const { topics: found } = await admin.fetchTopicMetadata({ topics: [...topics] });
    return new Map(found.map(({ name, partitions }) => [name, partitions.length]));
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
};

const connected = async (kafka: Kafka): Promise<Producer> => {
  const producer = kafka.producer({ retry: requestRetry, allowAutoTopicCreation: false, metadataMaxAge: 60_000 });
  await producer.connect();
  return producer;
};

/**
 * Opens a writer to topics that are there, the journal among them. It uses no transactions and no idempotence: what it
 * writes twice, the fold counts once.
 */
export const openJournalWriter = async (kafka: Kafka, topics: readonly string[]): Promise<JournalWriter> => {
  const fault = (what: string, error: unknown) =>
    error instanceof InfrastructureError ? error : new InfrastructureError(`${what}: ${reasonOf(error)}`);
  try {
    const counts = await partitionCounts(kafka, topics);
    const producer = await connected(kafka);
    const write = async (topic: string, messages: readonly KeyedMessage[]) => {
      const count = counts.get(topic);
      if (count === undefined) throw new Error(`${topic} is not a topic of this writer`);
      const left: KeyedMessage[] = [];
      try {
        for (const part of partsOf(messages.map((message) => placed(message, count)))) {
          left.push(...(await sendPart(producer, topic, part)).map(({ original }) => original));
        }
      } catch (error) {
        throw fault(`${topic} cannot be written`, error);
      }
      return left;
    };
    return { write, close: () => producer.disconnect() };
  } catch (error) {
    throw fault('Kafka does not answer', error);
  }
};
