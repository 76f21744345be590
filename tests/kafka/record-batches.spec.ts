import { createRequire } from 'node:module';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeBatches, type FetchedRecord } from '../../packages/runtime/src/kafka/record-batches.ts';

const require = createRequire(import.meta.url);
type Encoded = { readonly buffer: Buffer };
const encodeRecord = require('kafkajs/src/protocol/recordBatch/record/v0') as (record: object) => Encoded;
const { RecordBatch } = require('kafkajs/src/protocol/recordBatch/v0') as {
  RecordBatch: (batch: object) => Promise<Encoded>;
};
const decodeByLibrary = require('kafkajs/src/protocol/recordBatch/v0/decoder') as (
  decoder: object,
) => Promise<{ records: LibraryRecord[] }>;
const Decoder = require('kafkajs/src/protocol/decoder') as new (bytes: Buffer) => object;
const Long = require('kafkajs/src/utils/long') as { fromValue: (value: number) => object };

type LibraryRecord = {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Record<string, Buffer | Buffer[]>;
  readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean };
};

const shown = ({ offset, timestamp, key, value, headers }: FetchedRecord | LibraryRecord) => ({
  offset: Number(offset),
  timestamp: Number(timestamp),
  key: key?.toString('hex'),
  value: value?.toString('hex'),
  headers: Object.fromEntries(Object.entries(headers).map(([name, found]) => [name, String(found)])),
});

const bytes = fc.option(fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)));
const record = fc.record({
  key: bytes,
  value: bytes,
  headers: fc.dictionary(
    fc.string({ minLength: 1 }),
    fc.uint8Array({ maxLength: 20 }).map((array) => Buffer.from(array)),
  ),
  timestampDelta: fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
});
const batch = fc.record({
  records: fc.array(record, { minLength: 1, maxLength: 20 }),
  firstOffset: fc.integer({ min: 0, max: 2 ** 45 }),
  compression: fc.constantFrom(0, 1),
  transactional: fc.boolean(),
  producerId: fc.integer({ min: -1, max: 2 ** 40 }),
});

const encoded = async ({
  records,
  firstOffset,
  producerId,
  ...rest
}: typeof batch extends fc.Arbitrary<infer T> ? T : never) => {
  const lines = records.map(({ timestampDelta, ...one }, offsetDelta) =>
    encodeRecord({ ...one, offsetDelta, timestampDelta: Long.fromValue(timestampDelta) }),
  );
  const whole = await RecordBatch({
    ...rest,
    records: lines,
    firstOffset: Long.fromValue(firstOffset),
    producerId: Long.fromValue(producerId),
    firstTimestamp: 1_795_600_000_000,
    maxTimestamp: 1_795_600_000_999,
    lastOffsetDelta: records.length - 1,
  });
  return whole.buffer;
};

test('batches read as the library itself reads them, one behind the other, whatever is in them', () =>
  fc.assert(
    fc.asyncProperty(fc.array(batch, { maxLength: 4 }), fc.nat({ max: 60 }), async (batches, cutBytes) => {
      const whole = await Promise.all(batches.map(encoded));
      const byLibrary = await Promise.all(whole.map((one) => decodeByLibrary(new Decoder(one))));
      // The last batch may be cut off, as Kafka does at the end of an answer.
      const torn = (
        await encoded({
          records: [{ key: null, value: Buffer.alloc(100), headers: {}, timestampDelta: 0 }],
          firstOffset: 0,
          compression: 0,
          transactional: false,
          producerId: -1,
        })
      ).subarray(0, cutBytes);
      const ours = await decodeBatches(Buffer.concat([...whole, torn]));
      expect(ours.map(shown)).toEqual(byLibrary.flatMap(({ records }) => records.map(shown)));
      expect(ours.map((one) => [one.batch.producerId, one.batch.inTransaction])).toEqual(
        byLibrary.flatMap(({ records }) =>
          records.map(({ batchContext }) => [BigInt(batchContext.producerId), batchContext.inTransaction]),
        ),
      );
    }),
    { numRuns: 200, seed: 1 },
  ));

test('the time of a batch that the broker stamped is the time of each of its records', async () => {
  const bytesOf = await encoded({
    records: [{ key: null, value: null, headers: {}, timestampDelta: 5 }],
    firstOffset: 7,
    compression: 0,
    transactional: false,
    producerId: -1,
  });
  const [written] = await decodeBatches(bytesOf);
  expect([written?.timestamp, written?.batch.isLogAppendTime]).toEqual([1_795_600_000_005, false]);
  bytesOf.writeInt16BE(0x08, 21);
  const [stamped] = await decodeBatches(bytesOf);
  expect([stamped?.timestamp, stamped?.batch.isLogAppendTime]).toEqual([1_795_600_000_999, true]);
});

describe('a batch that is broken says so, and nothing of it is read', () => {
  const one = (value: Buffer<ArrayBuffer>) =>
    encoded({
      records: [{ key: Buffer.from('key'), value, headers: { a: Buffer.from('b') }, timestampDelta: 0 }],
      ...{ firstOffset: 7, compression: 0, transactional: false, producerId: -1 },
    });
  const put =
    (at: number, bytes: readonly number[]) =>
    (whole: Buffer): Buffer => {
      whole.set(bytes, at);
      return whole;
    };
  const records = 61;
  const int32 = (value: number) => [...Buffer.from(new Int32Array([value]).buffer).reverse()];

  test.each([
    { why: 'shorter than a batch', breakIt: put(8, int32(-12)), says: 'it is shorter than any' },
    { why: 'of an old version', breakIt: put(16, [1]), says: 'its version is 1, and 2 is read' },
    { why: 'more records than there are', breakIt: put(57, int32(2)), says: 'it ends too early' },
    { why: 'fewer records than there are', breakIt: put(57, int32(0)), says: 'it holds more than its records' },
    { why: 'fewer than none', breakIt: put(57, int32(-1)), says: 'it holds more than its records' },
    { why: 'a number without an end', breakIt: put(records, Array(30).fill(0xff)), says: 'it ends too early' },
    { why: 'a record of no length', breakIt: put(records, [0]), says: 'a record is shorter than any' },
    {
      why: 'a record that ends before its value',
      breakIt: put(records, [20]),
      says: 'a record is longer than it says',
    },
    {
      why: 'a key longer than the batch',
      breakIt: put(records + 4, [0xfe, 1]),
      says: 'a length is longer than the rest',
    },
    { why: 'an offset past what is exact', breakIt: put(0, [0x7f]), says: 'a record lies nowhere' },
    { why: 'compressed, and not', breakIt: put(22, [1]), says: 'it cannot be decompressed (incorrect header check)' },
  ])('$why', async ({ breakIt, says }) => {
    const broken = breakIt(await one(Buffer.from('a value of some length')));
    await expect(decodeBatches(broken)).rejects.toThrow(new Error(`a batch of records cannot be read: ${says}`));
  });

  test('headers that lie past its end are not read', async () => {
    const whole = await one(Buffer.from('value'));
    whole[whole.length - 5] = 0x7e;
    const [record] = await decodeBatches(whole);
    expect(() => record?.headers).toThrow('a batch of records cannot be read: ');
  });
});
