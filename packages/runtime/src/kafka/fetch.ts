import { createRequire } from 'node:module';
import { decodeBatches, type FetchedRecord } from './record-batches.ts';

const require = createRequire(import.meta.url);
const encodeRequest = require('kafkajs/src/protocol/requests/fetch/v11/request') as (request: object) => object;
export const { createErrorFromCode } = require('kafkajs/src/protocol/error') as {
  createErrorFromCode: (code: number) => Error;
};

/** A broker as the client knows it, with the method by which it sends requests, which it shows to nobody. */
type Sending = {
  readonly send: (request: {
    readonly request: object;
    readonly response: object;
    readonly requestTimeout: number;
  }) => Promise<unknown>;
};

export const sendingOf = (broker: object): Sending => {
  const key = Object.getOwnPropertySymbols(Object.getPrototypeOf(broker)).find(
    ({ description }) => description === 'private:Broker:sendRequest',
  );
  if (!key) throw new Error('this kafkajs has no sendRequest');
  return {
    send: (request) => (broker as Record<symbol, Sending['send']>)[key]?.call(broker, request) as Promise<unknown>,
  };
};

export type FetchWish = {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly waitMs: number;
  readonly bytesMax: number;
};

export type Fetched = {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly FetchedRecord[];
  /** The high watermark: where the partition ends. */
  readonly end: number;
};

const readUncommitted = 0;
export const answerWithinMs = 10_000;

const requestFor = (wishes: readonly FetchWish[]): object => {
  const [{ waitMs = 0 } = {}] = wishes;
  return encodeRequest({
    replicaId: -1,
    maxWaitTime: waitMs,
    minBytes: 1,
    maxBytes: wishes.reduce((sum, { bytesMax }) => sum + bytesMax, 0),
    isolationLevel: readUncommitted,
    topics: wishes.map(({ topic, partition, offset, bytesMax }) => ({
      topic,
      partitions: [{ partition, fetchOffset: offset, maxBytes: bytesMax }],
    })),
  });
};

type Cut = {
  readonly topic: string;
  readonly partition: number;
  readonly error: number;
  readonly end: number;
  readonly bytes: Buffer;
};

/** Goes through an answer of version 11, whose batches lie where they lay on the broker's disk. */
const cutAnswer = (payload: Buffer): Cut[] => {
  const cuts: Cut[] = [];
  let place = 10;
  const int32 = () => {
    place += 4;
    return payload.readInt32BE(place - 4);
  };
  for (let topics = int32(); topics > 0; topics -= 1) {
    const length = payload.readInt16BE(place);
    const topic = payload.toString('utf8', place + 2, place + 2 + length);
    place += 2 + length;
    for (let partitions = int32(); partitions > 0; partitions -= 1) {
      const partition = int32();
      const error = payload.readInt16BE(place);
      const end = Number(payload.readBigInt64BE(place + 2));
      place += 26;
      const aborted = int32();
      place += Math.max(0, aborted) * 16 + 4;
      const size = int32();
      cuts.push({ topic, partition, error, end, bytes: payload.subarray(place, place + Math.max(0, size)) });
      place += Math.max(0, size);
    }
  }
  return cuts;
};

const fetchedOf = async (
  { topic, partition, error, end, bytes }: Cut,
  wishes: readonly FetchWish[],
): Promise<Fetched> => {
  if (error !== 0) throw createErrorFromCode(error);
  const from = wishes.find((wish) => wish.topic === topic && wish.partition === partition)?.offset ?? 0;
  // A batch is given whole, though it may begin before what was asked for.
  const records = (await decodeBatches(bytes)).filter(({ offset }) => offset >= from);
  return { topic, partition, records, end };
};

/**
 * Asks a broker for what follows some offsets, what is not committed and the markers of transactions too. The client's
 * own way to read an answer makes a dozen objects of each record; this one makes one, and leaves the bytes where they are.
 */
export const fetchFrom = (broker: object, wishes: readonly FetchWish[]): Promise<readonly Fetched[]> =>
  sendingOf(broker).send({
    request: requestFor(wishes),
    response: {
      decode: async (payload: Buffer) => ({ throttleTime: 0, clientSideThrottleTime: payload.readInt32BE(0), payload }),
      parse: ({ payload }: { payload: Buffer }) => Promise.all(cutAnswer(payload).map((cut) => fetchedOf(cut, wishes))),
    },
    requestTimeout: answerWithinMs,
  }) as Promise<readonly Fetched[]>;
