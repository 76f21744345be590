import { createRequire } from 'node:module';

type Codec = { readonly decompress: (bytes: Buffer) => Promise<Buffer> };
const require = createRequire(import.meta.url);
const { lookupCodecByAttributes } = require('kafkajs/src/protocol/message/compression') as {
  lookupCodecByAttributes: (attributes: number) => Codec | null;
};

/** What all records of a batch share. */
export type RecordBatch = {
  readonly producerId: bigint;
  readonly inTransaction: boolean;
  readonly isControl: boolean;
  /** The broker stamped it when it was appended; else the writer did. */
  readonly isLogAppendTime: boolean;
};

const attributeBits = { compression: 0x07, logAppendTime: 0x08, transactional: 0x10, control: 0x20 };

/** Where the fields of a batch lie, in bytes from its beginning; the records follow behind them. */
const at = {
  length: 8,
  magic: 16,
  attributes: 21,
  firstTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  count: 57,
  records: 61,
};
const lengthEnd = 12;
/** The version of a batch that is read: brokers have written no other since 2017. */
const magic = 2;

const unreadable = (why: string): Error => new Error(`a batch of records cannot be read: ${why}`);

/** A number has ten bytes at most. */
const scaleMax = 128 ** 9;

/** Goes through bytes as Kafka writes them: numbers of a varying number of bytes, the sign in the last bit. */
const makeCursor = (bytes: Buffer, from: number) => {
  let place = from;
  const varint = (): number => {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = bytes[place];
      if (byte === undefined || scale > scaleMax) throw unreadable('it ends too early');
      place += 1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
      scale *= 128;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  };
  const moveTo = (to: number): void => {
    if (to > bytes.length) throw unreadable('a length is longer than the rest');
    place = to;
  };
  return {
    varint,
    place: () => place,
    moveTo,
    skipBytes: () => {
      const length = varint();
      moveTo(place + Math.max(0, length));
    },
    /** Bytes behind their length; none where that is -1. */
    bytes: (): Buffer | null => {
      const length = varint();
      if (length < 0) return null;
      const from = place;
      moveTo(from + length);
      return bytes.subarray(from, place);
    },
  };
};

type Cursor = ReturnType<typeof makeCursor>;

type Headers = Readonly<Record<string, Buffer | Buffer[] | undefined>>;

const headersIn = (bytes: Buffer, from: number): Headers => {
  const cursor = makeCursor(bytes, from);
  const headers: Record<string, Buffer | Buffer[]> = {};
  for (let left = cursor.varint(); left > 0; left -= 1) {
    const name = String(cursor.bytes());
    const value = cursor.bytes() ?? Buffer.alloc(0);
    const before = headers[name];
    headers[name] = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value];
  }
  return headers;
};

/** A record as it lies in the log. Its key and its headers are looked at only when somebody asks. */
export class FetchedRecord {
  readonly offset: number;
  readonly timestamp: number;
  readonly value: Buffer | null;
  readonly batch: RecordBatch;
  readonly #bytes: Buffer;
  readonly #keyAt: number;
  readonly #headersAt: number;

  constructor(offset: number, timestamp: number, batch: RecordBatch, bytes: Buffer, cursor: Cursor) {
    this.offset = offset;
    this.timestamp = timestamp;
    this.batch = batch;
    this.#bytes = bytes;
    this.#keyAt = cursor.place();
    cursor.skipBytes();
    this.value = cursor.bytes();
    this.#headersAt = cursor.place();
  }

  get key(): Buffer | null {
    return makeCursor(this.#bytes, this.#keyAt).bytes();
  }

  get headers(): Headers {
    return headersIn(this.#bytes, this.#headersAt);
  }
}

type BatchHead = {
  readonly baseOffset: number;
  readonly firstTimestamp: number;
  readonly appendedAt: number | undefined;
};

/** Attributes, time, offset, key, value and the number of headers take a byte each at least. */
const recordBytesMin = 6;

const recordsOf = (
  bytes: Buffer,
  from: number,
  count: number,
  head: BatchHead,
  batch: RecordBatch,
): FetchedRecord[] => {
  const cursor = makeCursor(bytes, from);
  const records: FetchedRecord[] = [];
  for (let n = 0; n < count; n += 1) {
    const length = cursor.varint();
    const end = cursor.place() + length;
    if (length < recordBytesMin) throw unreadable('a record is shorter than any');
    cursor.moveTo(cursor.place() + 1);
    const timestamp = head.firstTimestamp + cursor.varint();
    const offset = head.baseOffset + cursor.varint();
    records.push(new FetchedRecord(offset, head.appendedAt ?? timestamp, batch, bytes, cursor));
    if (cursor.place() > end) throw unreadable('a record is longer than it says');
    if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(timestamp)) throw unreadable('a record lies nowhere');
    cursor.moveTo(end);
  }
  if (cursor.place() !== bytes.length) throw unreadable('it holds more than its records');
  return records;
};

/** The records of whole batches, one behind the other; what is cut off at the end is left out. */
export const decodeBatches = async (bytes: Buffer): Promise<FetchedRecord[]> => {
  const all: FetchedRecord[] = [];
  for (let from = 0; from + at.records <= bytes.length; ) {
    const end = from + lengthEnd + bytes.readInt32BE(from + at.length);
    if (end < from + at.records) throw unreadable('it is shorter than any');
    if (end > bytes.length) break;
    for (const record of await decodeBatch(bytes.subarray(from, end))) all.push(record);
    from = end;
  }
  return all;
};

const decompressed = async (codec: Codec, bytes: Buffer): Promise<Buffer> => {
  try {
    return await codec.decompress(bytes);
  } catch (error) {
    throw unreadable(`it cannot be decompressed (${(error as Error).message})`);
  }
};

const decodeBatch = async (bytes: Buffer): Promise<FetchedRecord[]> => {
  if (bytes[at.magic] !== magic) throw unreadable(`its version is ${bytes[at.magic]}, and ${magic} is read`);
  const attributes = bytes.readInt16BE(at.attributes);
  const isLogAppendTime = (attributes & attributeBits.logAppendTime) !== 0;
  const batch: RecordBatch = {
    producerId: bytes.readBigInt64BE(at.producerId),
    inTransaction: (attributes & attributeBits.transactional) !== 0,
    isControl: (attributes & attributeBits.control) !== 0,
    isLogAppendTime,
  };
  const head: BatchHead = {
    baseOffset: Number(bytes.readBigInt64BE(0)),
    firstTimestamp: Number(bytes.readBigInt64BE(at.firstTimestamp)),
    appendedAt: isLogAppendTime ? Number(bytes.readBigInt64BE(at.maxTimestamp)) : undefined,
  };
  const count = bytes.readInt32BE(at.count);
  if ((attributes & attributeBits.compression) === 0) return recordsOf(bytes, at.records, count, head, batch);
  const codec = lookupCodecByAttributes(attributes);
  if (!codec) throw unreadable(`compression ${attributes & attributeBits.compression} is not known`);
  return recordsOf(await decompressed(codec, bytes.subarray(at.records)), 0, count, head, batch);
};
