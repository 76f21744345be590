import { topics } from '@alo/contracts';
import type { Kafka } from 'kafkajs';
import { Doubt, InfrastructureError, PartitionStopped } from '../errors.ts';
import type { Followed, JournalRecord, LiveLog, Receipt } from '../ports.ts';
import { openReader, type Reader } from './cluster.ts';
import { committedRecords } from './committed.ts';
import { type Pause, readLastReceipt } from './last-receipt.ts';
import { messageOf, outputTopics, receiptMessage } from './messages.ts';
import type { FetchedRecord } from './record-batches.ts';
import { openTransactions, type Transactions } from './transactions.ts';

const fetchBytesMax = 512 * 1024;
const noBytes = new Uint8Array(0);

export type KafkaLogOptions = {
  /** In front of the name of every topic. */
  readonly prefix: string;
  readonly partition: number;
  /** How long the broker may wait for something new in the journal, in ms. */
  readonly waitMs: number;
  /** How to wait for what the broker has not done yet. */
  readonly pause?: Pause | undefined;
};

/**
 * The log of one journal partition, for one ownership: to be opened anew at each recovery. Its first question, for the
 * receipt, fences whoever wrote before.
 */
export const openKafkaLog = (kafka: Kafka, { prefix, partition, waitMs, pause }: KafkaLogOptions) => {
  const named = (topic: string) => `${prefix}${topic}`;
  const journalName = `partition ${partition} of ${named(topics.journal)}`;
  const journal = openReader(kafka, named(topics.journal), partition);
  let transactions: Transactions | undefined;

  const withReader = async <Answer>(topic: string, use: (reader: Reader) => Promise<Answer>): Promise<Answer> => {
    const reader = openReader(kafka, named(topic), partition);
    try {
      return await use(reader);
    } finally {
      await reader.close();
    }
  };

  const fence = async () => {
    await transactions?.close();
    try {
      transactions = await openTransactions(kafka, `${named('alo-engine')}-${partition}`, pause);
    } catch (error) {
      throw new InfrastructureError(`no transaction can be begun for ${journalName}: ${(error as Error).message}`);
    }
  };

  const lastReceipt = (): Promise<Receipt | undefined> =>
    withReader(topics.receipts, (reader) =>
      readLastReceipt(reader, `partition ${partition} of ${named(topics.receipts)}`, pause),
    );

  /**
   * Without a receipt it must be the first start: what was said before must not be said again. Whoever has taken over
   * since the fence may have begun to speak, and has written receipts too.
   */
  const refuseForgotten = async (topic: string) => {
    const isSpoken = await withReader(topic, async (reader) => {
      const { first, stable } = await reader.bounds();
      for await (const _ of committedRecords(reader, first, stable)) return true;
      return false;
    });
    if (!isSpoken) return;
    if (await lastReceipt()) throw new Doubt(`another has begun to write the outputs of ${journalName}`);
    throw new PartitionStopped(
      `partition ${partition} of ${named(topics.receipts)} holds no receipt, and ${named(topic)} holds outputs: what was ` +
        'said before would be said again',
    );
  };

  const receipt = async (): Promise<Receipt | undefined> => {
    await fence();
    const last = await lastReceipt();
    if (!last) for (const topic of outputTopics) await refuseForgotten(topic);
    return last;
  };

  const recordOf = (fetched: FetchedRecord, offset: number): JournalRecord => {
    if (fetched.offset !== offset || fetched.batch.isControl) {
      throw new PartitionStopped(
        `${journalName} has no record at offset ${offset}: it was compacted, records were deleted, or someone writes it in transactions`,
      );
    }
    if (!fetched.batch.isLogAppendTime) {
      throw new PartitionStopped(
        `${journalName} holds at offset ${offset} a time of its writer's: message.timestamp.type must be LogAppendTime`,
      );
    }
    return { offset, appendedAt: fetched.timestamp, ahead: false, bytes: fetched.value ?? noBytes };
  };

  const fetchFrom = async (offset: number, wait: number): Promise<Followed> => {
    const { records, end } = await journal.fetch({ offset, waitMs: wait, bytesMax: fetchBytesMax });
    return { records: records.map((fetched, n) => recordOf(fetched, offset + n)), end };
  };

  /** Refuses to begin where the journal does not reach. */
  const boundsFor = async (fromOffset: number) => {
    const { first, end } = await journal.bounds();
    if (fromOffset < first) {
      throw new PartitionStopped(
        `${journalName} begins at offset ${first}, and offset ${fromOffset} is the next to be folded: its head is gone`,
      );
    }
    if (fromOffset > end) {
      throw new PartitionStopped(
        `${journalName} ends at offset ${end}, before offset ${fromOffset}, which is the next to be folded: it is not the same log`,
      );
    }
    return { first, end };
  };

  /** Asks for what comes next while what has come is folded. */
  async function* followUntil(fromOffset: number, end: number): AsyncGenerator<Followed> {
    let after = fromOffset;
    let next = after < end ? fetchFrom(after, 0) : undefined;
    while (next) {
      const followed = await next;
      after = (followed.records.at(-1)?.offset ?? after - 1) + 1;
      next = after < end ? fetchFrom(after, waitMs) : undefined;
      next?.catch(() => undefined);
      yield followed;
    }
  }

  const follow = (fromOffset: number) => followUntil(fromOffset, Number.POSITIVE_INFINITY);

  const log: LiveLog = {
    receipt,
    record: async (offset) => {
      const { first, end } = await journal.bounds();
      if (offset < first || offset >= end) return undefined;
      return (await fetchFrom(offset, waitMs)).records[0];
    },
    read: async function* (fromOffset) {
      const { end } = await boundsFor(fromOffset);
      for await (const { records } of followUntil(fromOffset, end)) {
        const batch = records.filter((record) => record.offset < end);
        if (batch.length > 0) yield batch;
      }
    },
    follow,
    publish: async (outputs, said) => {
      if (outputs.length === 0) return;
      if (!transactions) throw new Error('publish before the receipt was asked for');
      const addressed = outputs.map((output) => messageOf(output, partition));
      const messages = [...addressed, { topic: topics.receipts, message: receiptMessage(said, partition) }];
      try {
        await transactions.commit(messages.map(({ topic, message }) => ({ topic: named(topic), message })));
      } catch (error) {
        throw new Doubt(`outputs of ${journalName} may not be published: ${(error as Error).message}`);
      }
    },
  };
  return { log, close: () => Promise.all([transactions?.close(), journal.close()]).then(() => undefined) };
};
