import { describe, expect, test } from '@jest/globals';
import type { Kafka, Message, RecordMetadata } from 'kafkajs';
import { InfrastructureError } from '../errors.ts';
import { type KeyedMessage, openJournalWriter } from './journal-writer.ts';
import { partitionOfKey } from './murmur2.ts';

const topic = 'journal';
const partitionCount = 3;

type Send = readonly Message[];
/** What a broker does with a send: the partitions that it acknowledges, or an error. */
type Broker = (messages: Send, number: number) => readonly number[];

const partitionsOf = (messages: Send) => [...new Set(messages.map(({ partition }) => partition as number))];
const takesAll: Broker = partitionsOf;

/** The client with brokers whose answers a test chooses: real ones give these once in a blue moon. */
const openWith = async (broker: Broker) => {
  const sends: Send[] = [];
  const none = async () => undefined;
  const partitions = Array.from({ length: partitionCount }, () => ({}));
  const kafka = {
    admin: () => ({
      connect: none,
      disconnect: none,
      fetchTopicMetadata: async () => ({ topics: [{ name: topic, partitions }] }),
    }),
    producer: () => ({
      connect: none,
      disconnect: none,
      send: async ({ messages }: { messages: Send }): Promise<RecordMetadata[]> => {
        sends.push(messages);
        return broker(messages, sends.length).map((partition) => ({ topicName: topic, partition, errorCode: 0 }));
      },
    }),
  };
  return { writer: await openJournalWriter(kafka as unknown as Kafka, [topic]), sends };
};

const message = (key: string, bytes = 10): KeyedMessage => ({ key, value: Buffer.alloc(bytes, key) });
const messages = (count: number, bytes = 10) => Array.from({ length: count }, (_, n) => message(`s-${n}`, bytes));
const keysOf = (send: Send | undefined) => send?.map(({ key }) => key);

describe('what is written', () => {
  test('names its partition itself', async () => {
    const { writer, sends } = await openWith(takesAll);
    expect(await writer.write(topic, messages(20))).toEqual([]);
    expect(sends).toHaveLength(1);
    for (const { key, partition } of sends[0] as Send)
      expect(partition).toBe(partitionOfKey(String(key), partitionCount));
  });

  test.each([
    { count: 0, bytes: 10, sends: 0, why: 'nothing' },
    { count: 1000, bytes: 10, sends: 1, why: 'exactly as many as go at once' },
    { count: 1001, bytes: 10, sends: 2, why: 'one more' },
    { count: 4, bytes: 200_000, sends: 2, why: 'more bytes than go at once' },
    { count: 3, bytes: 2_000_000, sends: 3, why: 'each larger than what goes at once' },
  ])('goes in $sends sends, in order: $why', async ({ count, bytes, sends: expected }) => {
    const { writer, sends } = await openWith(takesAll);
    await writer.write(topic, messages(count, bytes));
    expect(sends).toHaveLength(expected);
    expect(sends.flatMap(keysOf)).toEqual(messages(count).map(({ key }) => key));
  });
});

describe('what the client leaves unsent, though it resolves,', () => {
  test('is sent again, and nothing else is', async () => {
    const { writer, sends } = await openWith((sent, number) =>
      partitionsOf(sent).filter((one) => number > 1 || one !== 1),
    );
    await writer.write(topic, messages(20));
    const left = messages(20).filter(({ key }) => partitionOfKey(key, partitionCount) === 1);
    expect(left.length).toBeGreaterThan(0);
    expect(sends.map(keysOf)).toEqual([messages(20).map(({ key }) => key), left.map(({ key }) => key)]);
  });

  test('again and again is a fault, after three times', async () => {
    const { writer, sends } = await openWith(() => []);
    await expect(writer.write(topic, messages(2))).rejects.toThrow(InfrastructureError);
    expect(sends).toHaveLength(3);
  });
});

const refused = (type: string) => Object.assign(new Error('refused'), { type });

describe('what a broker refuses', () => {
  test('as too large is sent message by message, and only what is too large alone is given back', async () => {
    const { writer, sends } = await openWith((sent) => {
      if (sent.some(({ value }) => (value as Buffer).length > 500) || sent.length > 2)
        throw refused('MESSAGE_TOO_LARGE');
      return partitionsOf(sent);
    });
    const all = [message('a'), message('b', 501), message('c'), message('d', 500)];
    expect(await writer.write(topic, all)).toEqual([all[1]]);
    expect(sends.slice(1).map(keysOf)).toEqual([['a'], ['b'], ['c'], ['d']]);
  });

  test('for another reason is a fault that says which', async () => {
    const { writer } = await openWith(() => {
      throw Object.assign(new Error('retries exceeded'), {
        cause: Object.assign(new Error('Not enough replicas'), { type: 'X' }),
      });
    });
    const written = writer.write(topic, messages(2));
    await expect(written).rejects.toThrow(InfrastructureError);
    await expect(written).rejects.toThrow('journal cannot be written: Not enough replicas');
  });
});
