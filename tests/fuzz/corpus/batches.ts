import { createRequire } from 'node:module';
import '../../../packages/runtime/src/kafka/snappy-codec.ts';
import '../../../packages/runtime/src/kafka/zstd-codec.ts';
import { lazily } from '../lazily.ts';
import { eventTexts } from './messages.ts';

const require = createRequire(import.meta.url);
type Encoded = { readonly buffer: Buffer };
const encodeRecord = require('kafkajs/src/protocol/recordBatch/record/v0') as (record: object) => Encoded;
const { RecordBatch } = require('kafkajs/src/protocol/recordBatch/v0') as {
  RecordBatch: (batch: object) => Promise<Encoded>;
};
const Long = require('kafkajs/src/utils/long') as { fromValue: (value: number) => object };

type Values = readonly { readonly key: string | null; readonly value: string | null }[];
type BatchOptions = {
  readonly firstOffset: number;
  readonly compression?: number;
  readonly transactional?: boolean;
};

const headers = { code: Buffer.from('SCHEMA'), message: Buffer.alloc(0), twice: [Buffer.from('a'), Buffer.from('b')] };

/** A batch as a broker has it on its disk. */
export const batchOf = async (
  values: Values,
  { firstOffset, compression = 0, transactional = false }: BatchOptions,
): Promise<Buffer> => {
  const records = values.map(({ key, value }, offsetDelta) =>
    encodeRecord({ key, value, headers, offsetDelta, timestampDelta: Long.fromValue(offsetDelta) }),
  );
  const batch = {
    ...{ records, compression, transactional, lastOffsetDelta: values.length - 1 },
    ...{ firstOffset: Long.fromValue(firstOffset), producerId: Long.fromValue(transactional ? 7 : -1) },
    ...{ firstTimestamp: 1_795_600_000_000, maxTimestamp: 1_795_600_000_999 },
  };
  return (await RecordBatch(batch)).buffer;
};

const compressions = { none: 0, gzip: 1, snappy: 2, zstd: 4 };
const values: Values = eventTexts.slice(0, 8).map((value, n) => ({ key: n % 3 === 0 ? null : `s-${n}`, value }));

/** Batches of every compression, and several behind each other. */
export const recordBatches = lazily(async (): Promise<readonly Buffer[]> => {
  const made = Object.values(compressions).map((compression) => batchOf(values, { firstOffset: 100, compression }));
  const batches = [
    ...(await Promise.all(made)),
    await batchOf([{ key: 'gone', value: null }], { firstOffset: 2 ** 40 }),
  ];
  return [...batches, Buffer.concat(batches)];
});

const receipt = (offset: number) =>
  JSON.stringify({ offset, step: 0, digest: 'd'.repeat(64), count: offset * 2, version: '0.1.0' });
const inStep = { offset: 9, step: 3, settled: { dueAt: 1_795_600_000_000, subscriber: 's-1' } };

/** What engines have written to the topic of receipts. */
export const receiptTexts: readonly string[] = [
  receipt(5),
  receipt(6),
  JSON.stringify({ ...JSON.parse(receipt(9)), ...inStep }),
];
