import type { FetchedRecord, RecordBatch } from '../../../packages/runtime/src/kafka/record-batches.ts';

export type Verdict = 'commit' | 'abort';

/** A transaction as the coordinator knows it. */
export type Transaction = {
  readonly producerId: number;
  readonly epoch: number;
  readonly logs: Set<PartitionLog>;
  verdict: Verdict | undefined;
};

export type Message = {
  readonly key: string | null;
  readonly value: string | Uint8Array | null;
  readonly headers?: Readonly<Record<string, unknown>> | undefined;
};

/** A record as it lies there; markers have no message. */
export type LogRecord = {
  readonly offset: number;
  readonly message: Message | undefined;
  readonly transaction: Transaction | undefined;
  readonly fetched: FetchedRecord;
};

type Batch = { readonly producerId: number; readonly epoch: number; readonly sequence: number };

const markerTypes = { abort: 0, commit: 1 } as const;

const plain: RecordBatch = { producerId: -1n, inTransaction: false, isControl: false, isLogAppendTime: true };

/** What all records of a transaction, or its marker, come in. */
const batchOf = (transaction: Transaction | undefined, isControl: boolean): RecordBatch =>
  transaction
    ? { producerId: BigInt(transaction.producerId), inTransaction: true, isControl, isLogAppendTime: true }
    : plain;

type Fields = Pick<FetchedRecord, 'offset' | 'timestamp' | 'batch'> & {
  readonly key: unknown;
  readonly value: unknown;
};

/** A record as who reads it is given it; nobody here asks for its headers. */
const fetched = (fields: Fields): FetchedRecord => fields as unknown as FetchedRecord;

/** One partition of a topic, as a broker keeps it: records, markers of transactions, and what producers sent last. */
export const makePartitionLog = (name: string) => {
  let records: LogRecord[] = [];
  let history: LogRecord[] = [];
  let first = 0;
  let end = 0;
  /** Transactions without their marker, by their first record; in the order in which they began. */
  const open = new Map<Transaction, number>();
  /** What the marker said that ended a transaction here. */
  const verdicts = new Map<Transaction, Verdict>();
  let hasSwallowed = false;
  const lastSent = new Map<number, { readonly epoch: number; readonly next: number }>();
  let waiting: (() => void)[] = [];

  const add = (record: LogRecord) => {
    records.push(record);
    history.push(record);
    end += 1;
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  };

  const isCommitted = ({ message, transaction }: LogRecord): boolean =>
    message !== undefined && transaction !== undefined && verdicts.get(transaction) === 'commit';

  const stable = (): number => open.values().next().value ?? end;

  return {
    name,
    first: (): number => first,
    end: (): number => end,
    /** Before it everything is decided. */
    stable,
    /** All that was ever appended, though it was compacted since. */
    history: (): readonly LogRecord[] => history,
    append: (message: Message, timestamp: number, transaction?: Transaction): void => {
      if (transaction && !open.has(transaction)) open.set(transaction, end);
      const { key, value } = message;
      const record = fetched({ offset: end, timestamp, key, value, batch: batchOf(transaction, false) });
      add({ offset: end, message, transaction, fetched: record });
    },
    /** Is this batch the next of its producer, one that is there already, or one behind a gap? */
    placeOf: ({ producerId, epoch, sequence }: Batch, records: number): 'next' | 'duplicate' | 'gap' => {
      const last = lastSent.get(producerId);
      const expected = last?.epoch === epoch ? last.next : 0;
      if (sequence > expected) return 'gap';
      if (sequence < expected) return 'duplicate';
      lastSent.set(producerId, { epoch, next: expected + records });
      return 'next';
    },
    /** A marker ends all that its producer has open here, though the one before it may have been lost. */
    mark: (transaction: Transaction): void => {
      const verdict = transaction.verdict as Verdict;
      for (const other of open.keys()) {
        if (other.producerId !== transaction.producerId) continue;
        open.delete(other);
        verdicts.set(other, verdict);
        hasSwallowed ||= other.verdict !== verdict;
      }
      const key = Buffer.from([0, 0, 0, markerTypes[verdict]]);
      const record = fetched({ offset: end, timestamp: 0, key, value: null, batch: batchOf(transaction, true) });
      add({ offset: end, message: undefined, transaction, fetched: record });
    },
    isOpen: (transaction: Transaction): boolean => open.has(transaction),
    /** Is its producer in the midst of another here? */
    hasUndecidedBeside: ({ producerId }: Transaction): boolean =>
      [...open.keys()].some((other) => other.producerId === producerId && other.verdict === undefined),
    /** Has a transaction that was to be committed been ended by the abort of the next? */
    hasSwallowed: (): boolean => hasSwallowed,
    /** What a reader of committed records was ever to be given. */
    committed: (): readonly LogRecord[] => history.filter(isCommitted),
    /** Up to so many records from an offset on; where compaction has left a hole, perhaps nothing. */
    from: (offset: number, most: number): readonly FetchedRecord[] => {
      const at = records.findIndex((record) => record.offset >= offset);
      return at === -1 ? [] : records.slice(at, at + most).map((record) => record.fetched);
    },
    /** Told once, as soon as something is appended. */
    onAppend: (wake: () => void): void => {
      waiting.push(wake);
    },
    /** Leaves of each key the last committed record, and what is not decided yet. */
    compact: (): void => {
      const bound = stable();
      const isDecided = ({ offset, transaction, message }: LogRecord) => offset < bound && transaction && message;
      const last = records.findLast((record) => isDecided(record) && isCommitted(record));
      records = records.filter((record) => !isDecided(record) || record === last);
    },
    deleteBefore: (offset: number): void => {
      first = Math.max(first, Math.min(offset, end));
      records = records.filter((record) => record.offset >= first);
    },
    /** Another broker leads, which had not heard of the last records: they are gone. */
    cutTo: (offset: number): void => {
      records = records.filter((record) => record.offset < offset);
      history = history.filter((record) => record.offset < offset);
      end = Math.min(end, offset);
    },
    /** As if the topic had been deleted, and made anew. What was in it is remembered for the checker alone. */
    forget: (): void => {
      records = [];
      first = 0;
      end = 0;
      open.clear();
      lastSent.clear();
    },
    /** A copy of the disk, taken while no transaction is open; it tells how to start from it again. */
    copied: (): (() => void) => {
      const copy = { records: records.slice(), history: history.slice(), first, end };
      return () => {
        ({ history, first, end } = copy);
        records = copy.records.slice();
        open.clear();
        lastSent.clear();
      };
    },
  };
};

export type PartitionLog = ReturnType<typeof makePartitionLog>;
