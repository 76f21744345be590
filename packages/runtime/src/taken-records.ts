import type { Core, ReadRecord } from './core.ts';
import type { JournalRecord } from './ports.ts';

/** A record of the journal, read. */
export type TakenRecord<Incoming> = JournalRecord & ReadRecord<Incoming>;

/** Records in a row, as an array has them or made when they are asked for: what nobody holds dies young. */
export type TakenRecords<Incoming> = {
  readonly length: number;
  readonly at: (n: number) => TakenRecord<Incoming> | undefined;
  /** Whose record it is, where that is known without making it. */
  readonly subscriberAt?: (n: number) => string | undefined;
};

/** Reads a record, once. */
export const readRecord = <Header, State, Rest, Incoming>(
  { read }: Core<Header, State, Rest, Incoming>,
  { offset, appendedAt, ahead, bytes, line }: JournalRecord,
): TakenRecord<Incoming> => ({ offset, appendedAt, ahead, bytes, line, incoming: read(bytes) });
