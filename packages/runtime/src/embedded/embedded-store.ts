import type * as z from 'zod';
import { WrongUse } from '../errors.ts';
import type { JournalRecord, Log, Published, States } from '../ports.ts';
import { appliedForm, receiptForm } from '../receipt-form.ts';
import type { Appended, Input, Notes } from './messages.ts';
import { buffersOfChanges, packChanges } from './packed-changes.ts';
import { startStorage } from './storage-client.ts';

/** Both ports on one SQLite file, and what the one who feeds the journal needs besides. */
export type EmbeddedStore = {
  readonly log: Log & {
    /** Puts lines behind the journal's end; they are written with the next transaction. */
    readonly append: (appended: Appended) => void;
    /** Notes that are written with the next transaction. */
    readonly note: (notes: Notes) => void;
  };
  readonly states: States;
  readonly inputs: () => Promise<readonly Input[]>;
  readonly outputs: (fromNumber: number, most: number) => Promise<readonly Published[]>;
  readonly readNote: (name: string) => Promise<unknown>;
  readonly writeNotes: (notes: Notes) => Promise<void>;
  /** Bytes of the file, subscribers, and bytes of their states. */
  readonly statistics: () => Promise<{ bytes: number; subscribers: number; subscriberBytes: number }>;
  /** Leaves nothing in the file of what was known of the erased, here or in a run before, and empties the WAL. */
  readonly scrub: () => Promise<void>;
  /** Scrubs, and closes. */
  readonly close: () => Promise<void>;
};

/** Opens or makes a store. Rejects with WrongUse where the file is another's, or in use. */
export const openEmbeddedStore = async (file: string): Promise<EmbeddedStore> => {
  const call = startStorage(file);
  let appended: Appended[] = [];
  let notes: Notes = {};
  try {
    await call('open', { file });
  } catch (error) {
    await call('close', undefined).catch(() => undefined);
    throw error;
  }

  /** What was read from the file, which a disk may have broken. */
  const formed = <Value>(what: string, form: z.ZodType<Value>, value: Value | undefined): Value | undefined => {
    if (value === undefined || form.safeParse(value).success) return value;
    throw new WrongUse(`${file}: it is broken: ${what} is not as alo writes it`);
  };

  return {
    log: {
      receipt: async () => formed('the receipt', receiptForm, await call('receipt', undefined)),
      record: async (offset) =>
        (await call('journal', { fromOffset: offset }))?.find((record) => record.offset === offset),
      read: (fromOffset) => readJournal((offset) => call('journal', { fromOffset: offset }), fromOffset),
      publish: (outputs, receipt) => {
        const transaction = { appended, outputs, receipt, notes };
        appended = [];
        notes = {};
        return call('commit', transaction);
      },
      append: (batch) => {
        appended.push(batch);
      },
      note: (more) => {
        notes = { ...notes, ...more };
      },
    },
    states: {
      applied: async () => formed('how far states are applied', appliedForm, await call('applied', undefined)),
      load: (subscribers) => call('load', { subscribers }),
      dueAfter: (place, most) => call('dueAfter', { place, most }),
      scan: (after, most) => call('scan', { after, most }),
      apply: (changes, applied) => {
        const packed = packChanges(changes);
        return call('apply', { changes: packed, applied }, buffersOfChanges(packed));
      },
    },
    inputs: () => call('inputs', undefined),
    outputs: (fromNumber, most) => call('outputs', { fromNumber, most }),
    readNote: (name) => call('note', { name }),
    writeNotes: (more) => call('putNotes', { notes: more }),
    statistics: () => call('statistics', undefined),
    scrub: () => call('scrub', undefined),
    close: () => call('close', undefined),
  };
};

async function* readJournal(
  batchFrom: (offset: number) => Promise<readonly JournalRecord[] | undefined>,
  fromOffset: number,
): AsyncGenerator<readonly JournalRecord[]> {
  let next = fromOffset;
  for (let batch = await batchFrom(next); batch !== undefined && batch.length > 0; batch = await batchFrom(next)) {
    yield batch;
    next = (batch.at(-1) as JournalRecord).offset + 1;
  }
}
