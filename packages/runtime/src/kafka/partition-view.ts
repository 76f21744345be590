import type { Kafka } from 'kafkajs';
import type { Receipt } from '../ports.ts';
import { type Bounds, openReader, type Reader } from './cluster.ts';
import { committedRecords } from './committed.ts';
import { lastReceiptIn } from './last-receipt.ts';
import type { FetchedRecord } from './record-batches.ts';

/** A committed record as it lies there. */
export type ViewedRecord = {
  readonly offset: number;
  readonly timestampMs: number;
  readonly value: Uint8Array | null;
};

/** A partition of a topic as one sees it who neither owns it nor writes to it. */
export type PartitionView = {
  readonly bounds: () => Promise<Bounds>;
  /** What is committed, from one offset up to another, in order. */
  readonly records: (from: number, end: number) => AsyncIterable<readonly ViewedRecord[]>;
  /** The last committed receipt now, of a partition of receipts. Its owner may write the next at any time. */
  readonly lastReceipt: () => Promise<Receipt | undefined>;
};

const viewed = ({ offset, timestamp, value }: FetchedRecord): ViewedRecord => ({
  offset,
  timestampMs: timestamp,
  value,
});

async function* recordsOf(reader: Reader, from: number, end: number): AsyncGenerator<readonly ViewedRecord[]> {
  for await (const records of committedRecords(reader, from, end)) yield records.map(viewed);
}

/** Looks at a partition, over connections that are closed again. Rejects with InfrastructureError. */
export const viewPartition = async <Seen>(
  kafka: Kafka,
  { topic, partition }: { readonly topic: string; readonly partition: number },
  look: (view: PartitionView) => Promise<Seen>,
): Promise<Seen> => {
  const reader = openReader(kafka, topic, partition);
  const lastReceipt = async () => lastReceiptIn(reader, await reader.bounds(), `partition ${partition} of ${topic}`);
  try {
    return await look({ bounds: reader.bounds, records: (from, end) => recordsOf(reader, from, end), lastReceipt });
  } finally {
    await reader.close();
  }
};
