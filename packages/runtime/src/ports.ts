import type { Instant, RefusalCode } from '@alo/contracts';

/** How far a partition is: the next record, and how many pieces of its work are done. */
export type Position = { readonly offset: number; readonly step: number };

/** C, published up to here: one stands for each transaction. `count` and `digest` are over every output so far. */
export type Receipt = Position & {
  /** In the midst of a record's due items: the last that was settled. A piece may hold others when it is folded again. */
  readonly settled?: Due | undefined;
  readonly digest: string;
  readonly count: number;
  /** The version of the engine that said it. */
  readonly version: string;
};

/** R, applied up to here: the receipt as of then, with the partition's header. */
export type Applied = Receipt & {
  readonly header: string;
  /** While an activation re-arms all subscribers: the last one that is done, empty before the first. */
  readonly rearmedUpTo?: string | undefined;
  /** SHA-256 of the record before the position, in hex: a log that holds another there is another log. */
  readonly lastRecord?: string | undefined;
  /** Written below C after half a write was met: how much has been said up to there, and what, is not known. */
  readonly isUnverified?: boolean | undefined;
};

/** One record of the journal as it lies there. */
export type JournalRecord = {
  readonly offset: number;
  readonly appendedAt: Instant;
  /** Its own time was too far past now to be believed; such a record does not move now. */
  readonly ahead: boolean;
  readonly bytes: Uint8Array;
  /** The line of the input file, from 1; undefined for what alo wrote itself. */
  readonly line?: number | undefined;
};

/** An output as it is published, numbered from 0 over the whole life of the partition. */
export type Published =
  | {
      readonly kind: 'trigger';
      readonly number: number;
      readonly offset: number;
      readonly topic: string;
      readonly subject: string;
      readonly id: string;
      readonly text: string;
    }
  | {
      readonly kind: 'dead-letter';
      readonly number: number;
      readonly offset: number;
      readonly line: number | undefined;
      readonly code: RefusalCode;
      readonly message: string;
      readonly bytes: Uint8Array;
    };

/** The log of one partition: the journal, the outputs and C. */
export type Log = {
  /** C, once whoever wrote before can write no more; undefined before the first. */
  readonly receipt: () => Promise<Receipt | undefined>;
  /** The record at an offset, or undefined where the journal does not hold it. */
  readonly record: (offset: number) => Promise<JournalRecord | undefined>;
  /** The journal from an offset on, to its end, in batches. */
  readonly read: (fromOffset: number) => AsyncIterable<readonly JournalRecord[]>;
  /** One transaction: these outputs and this receipt, or neither. */
  readonly publish: (outputs: readonly Published[], receipt: Receipt) => Promise<void>;
};

/** What came of the journal, and where that ends by now. */
export type Followed = { readonly records: readonly JournalRecord[]; readonly end: number };

/** A log to which others append: it can be followed, and yields nothing now and then while nothing comes. */
export type LiveLog = Log & { readonly follow: (fromOffset: number) => AsyncIterable<Followed> };

/** A subscriber as the store holds it: bytes, and when something falls due. */
export type Stored = {
  readonly value: Uint8Array;
  readonly dueAt: Instant | undefined;
  /** Every record below this offset is in the value already; not known where a store cannot tear a write. */
  readonly standsAt?: number | undefined;
};
export type Change = Stored & {
  readonly subscriber: string;
  /** Nothing is left but a tombstone: what the store held before must not stay readable in its files. */
  readonly isErased?: boolean;
};
export type Due = { readonly dueAt: Instant; readonly subscriber: string };

/**
 * The states of one partition's subscribers, the index of what falls due, and R. Calls take effect in the order in
 * which they are made: what reads sees what was written before. After a write that failed none takes effect.
 */
export type States = {
  readonly applied: () => Promise<Applied | undefined>;
  /** What is known of each of these, in their order. */
  readonly load: (subscribers: readonly string[]) => Promise<readonly (Stored | undefined)[]>;
  /** What falls due after a place in the order of (instant, subscriber by UTF-8 bytes), at most so many. */
  readonly dueAfter: (place: Due | undefined, most: number) => Promise<readonly Due[]>;
  /** The subscribers after one in order of UTF-8 bytes, at most so many. */
  readonly scan: (after: string, most: number) => Promise<readonly Change[]>;
  /** Writes these and R, or nothing. They are gone through once, at once, and each value holds until the next. */
  readonly apply: (changes: Iterable<Change>, applied: Applied) => Promise<void>;
};
