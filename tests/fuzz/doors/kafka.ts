import { InfrastructureError, PartitionStopped, type Receipt } from '@alo/runtime';
import fc from 'fast-check';
import { fetchFrom } from '../../../packages/runtime/src/kafka/fetch.ts';
import { lastReceiptIn } from '../../../packages/runtime/src/kafka/last-receipt.ts';
import { decodeBatches, type FetchedRecord } from '../../../packages/runtime/src/kafka/record-batches.ts';
import { batchOf, receiptTexts, recordBatches } from '../corpus/batches.ts';
import { type Door, insist, makeDoor, type Outcome } from '../door.ts';
import { byteEdit, editBytes } from '../edits/byte-edits.ts';
import { editedBytes, editedText, renderBytes, renderText } from '../edits/edited.ts';
import { lazily } from '../lazily.ts';

/** The second is the client's own word. */
const isUnreadable = (error: unknown): boolean =>
  /^a batch of records cannot be read: |^LZ4 compression not implemented$/.test((error as Error).message);

const lookAt = ({ key, value, headers, offset, timestamp }: FetchedRecord): number => {
  insist(Number.isSafeInteger(offset) && Number.isSafeInteger(timestamp), 'a record lies nowhere, or at no time');
  return (key?.length ?? 0) + (value?.length ?? 0) + Object.keys(headers).length;
};

const batches = makeDoor({
  name: 'record-batches',
  casesPerRound: 1200,
  cases: editedBytes,
  render: async (one) => renderBytes(await recordBatches(), one),
  enter: async (bytes): Promise<Outcome> => {
    const records = await decodeBatches(bytes);
    records.forEach(lookAt);
    return records.length > 0 ? 'taken' : 'refused';
  },
  refuses: isUnreadable,
});

const answerHead = Buffer.alloc(10);

const int = (value: number, bytes: number): Buffer => {
  const buffer = Buffer.alloc(bytes);
  buffer.writeIntBE(value, 0, bytes);
  return buffer;
};

/** An answer to Fetch, version 11, with the batches of one partition. */
const answerOf = (records: Buffer): Buffer => {
  const topic = Buffer.from('alo.journal.v1');
  const bounds = Buffer.alloc(24);
  const partition = [int(0, 4), int(0, 2), bounds, int(0, 4), int(-1, 4), int(records.length, 4), records];
  return Buffer.concat([answerHead, int(1, 4), int(topic.length, 2), topic, int(1, 4), ...partition]);
};

const answers = lazily(async () => (await recordBatches()).map(answerOf));

const sendRequest = Symbol('private:Broker:sendRequest');

type Response = {
  readonly decode: (payload: Buffer) => Promise<object>;
  readonly parse: (decoded: object) => Promise<unknown>;
};

/** A broker that answers with these bytes, whatever it is asked. */
class AnsweringBroker {
  readonly #payload: Buffer;

  constructor(payload: Buffer) {
    this.#payload = payload;
  }

  async [sendRequest]({ response }: { readonly response: Response }): Promise<unknown> {
    return response.parse(await response.decode(this.#payload));
  }
}

const wish = { topic: 'alo.journal.v1', partition: 0, offset: 0, waitMs: 0, bytesMax: 1024 };

/** The client itself says that an answer is none by a RangeError of Buffer, or by an error code of Kafka's. */
const isNoAnswer = (error: unknown): boolean =>
  isUnreadable(error) || error instanceof RangeError || (error as Error).name === 'KafkaJSProtocolError';

const fetches = makeDoor({
  name: 'fetch-answers',
  casesPerRound: 1200,
  cases: editedBytes,
  render: async (one) => renderBytes(await answers(), one),
  enter: async (payload): Promise<Outcome> => {
    const fetched = await fetchFrom(new AnsweringBroker(payload), [wish]);
    for (const { records } of fetched) records.forEach(lookAt);
    return fetched.some(({ records }) => records.length > 0) ? 'taken' : 'refused';
  },
  refuses: isNoAnswer,
});

const insistReceipt = ({ offset, step, count, digest, version, settled }: Receipt): void => {
  insist(
    [offset, step, count].every((number) => Number.isSafeInteger(number) && number >= 0),
    'C stands nowhere',
  );
  insist(
    [digest, version].every((text) => typeof text === 'string'),
    'C lacks its digest or its engine',
  );
  if (settled === undefined) return;
  insist(Number.isSafeInteger(settled.dueAt) && typeof settled.subscriber === 'string', 'C is in the midst of nothing');
};

const receiptCase = fc.record({
  receipts: fc.array(editedText, { minLength: 1, maxLength: 3 }),
  transactional: fc.boolean(),
  edits: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(byteEdit, { maxLength: 3 }) },
  ),
});
type ReceiptCase = typeof receiptCase extends fc.Arbitrary<infer Case> ? Case : never;

const receiptsEnd = 110;

/** C is looked for in these bytes, whatever is asked for. */
const lastReceipt = async ({ receipts, transactional, edits }: ReceiptCase): Promise<Receipt | undefined> => {
  const values = receipts.map((one) => ({ key: '0', value: renderText(receiptTexts, one).toString() }));
  const bytes = editBytes(await batchOf(values, { firstOffset: 100, transactional }), edits, await recordBatches());
  const fetch = async ({ offset }: { readonly offset: number }) => ({
    ...{ topic: 'alo.receipts.v1', partition: 0, end: receiptsEnd },
    records: (await decodeBatches(bytes)).filter((record) => record.offset >= offset),
  });
  return lastReceiptIn({ fetch }, { first: 98, end: receiptsEnd }, 'partition 0 of alo.receipts.v1');
};

const receipts = makeDoor({
  name: 'receipts',
  casesPerRound: 300,
  cases: receiptCase,
  render: (one) => one,
  enter: async (one): Promise<Outcome> => {
    const found = await lastReceipt(one);
    if (!found) return 'refused';
    insistReceipt(found);
    return 'taken';
  },
  refuses: (error) => error instanceof PartitionStopped || error instanceof InfrastructureError || isUnreadable(error),
});

export const kafkaDoors: readonly Door[] = [batches, fetches, receipts];
