import { compareUtf8 } from '@alo/domain';
import type { EmbeddedStore } from '../../../packages/runtime/src/embedded/embedded-store.ts';
import type { Appended, Notes } from '../../../packages/runtime/src/embedded/messages.ts';
import { InfrastructureError } from '../../../packages/runtime/src/errors.ts';
import { makeMemoryStore } from '../../../packages/runtime/src/memory/memory-store.ts';
import type { JournalRecord } from '../../../packages/runtime/src/ports.ts';
import { type Database, here } from './machine.ts';

const lineFeed = 10;

/** The records of a row, as the file would give them back. */
export const recordsIn = ({ offset, appendedAt, lines, input }: Appended): JournalRecord[] => {
  let start = 0;
  return Array.from(appendedAt, (at, n) => {
    const end = lines.indexOf(lineFeed, start);
    const bytes = lines.subarray(start, end);
    start = end + 1;
    const ahead = Number.isNaN(at);
    const line = input && input.firstLine + n;
    return { offset: offset + n, appendedAt: ahead ? 0 : at, ahead, bytes, line };
  });
};

/** The embedded store on the machine that runs: its calls are done one after the other by another thread. */
export const openEmbeddedStore = async (file: string): Promise<EmbeddedStore> => {
  const machine = here();
  const { process } = machine;
  const database = (): Database => machine.database;
  const memory = () => makeMemoryStore(database().contents, compareUtf8);
  let appended: Appended[] = [];
  let notes: Notes = {};
  let hasFailed = false;

  /** Once a write has failed, nothing is done any more. */
  const ask = <Result>(what: string, effect: () => Result | Promise<Result>): Promise<Result> =>
    process.later(what, () => {
      if (hasFailed) throw new InfrastructureError(`${file}: the disk is full`);
      return effect();
    });

  /** All of it, or nothing. */
  const write = (what: string, effect: () => void): Promise<void> =>
    process.later(what, () => {
      if (process.isFull()) hasFailed = true;
      if (hasFailed) throw new InfrastructureError(`${file}: the disk is full`);
      effect();
    });

  const putNotes = (more: Notes) => {
    for (const [name, note] of Object.entries(more)) database().notes.set(name, JSON.parse(JSON.stringify(note)));
  };

  const putRow = (row: Appended) => {
    database().rows.push(row);
    if (row.input) database().inputs.set(row.input.input, row.input);
  };

  const firstRowFrom = (fromOffset: number) =>
    database().rows.find(({ offset, appendedAt }) => offset + appendedAt.length > fromOffset);

  await process.later('opens its database', () => undefined);
  return {
    log: {
      receipt: () => ask('reads C', () => database().contents.receipt),
      record: (offset) =>
        ask(`reads record ${offset}`, () => {
          const row = firstRowFrom(offset);
          return row && recordsIn(row).find((record) => record.offset === offset);
        }),
      read: async function* (fromOffset) {
        for (let next = fromOffset; ; ) {
          const row = await ask(`reads the journal from ${next} on`, () => firstRowFrom(next));
          if (!row) return;
          yield recordsIn(row).filter(({ offset }) => offset >= next);
          next = row.offset + row.appendedAt.length;
        }
      },
      publish: (outputs, receipt) => {
        const transaction = { appended, outputs, receipt, notes };
        appended = [];
        notes = {};
        const what = `commits C ${receipt.offset}/${receipt.step} with ${outputs.length} outputs and ${transaction.appended.length} rows`;
        return write(what, () => {
          for (const row of transaction.appended) putRow(row);
          database().contents.outputs.push(...transaction.outputs);
          database().contents.receipt = transaction.receipt;
          putNotes(transaction.notes);
        });
      },
      append: (row) => {
        appended.push({ ...row, lines: Uint8Array.from(row.lines), appendedAt: Float64Array.from(row.appendedAt) });
      },
      note: (more) => {
        notes = { ...notes, ...more };
      },
    },
    states: {
      applied: () => ask('reads R', () => database().contents.applied),
      load: (subscribers) =>
        ask(`loads ${subscribers}`, () =>
          subscribers.map((subscriber) => database().contents.subscribers.get(subscriber)),
        ),
      dueAfter: (place, most) => ask('asks what falls due', () => memory().states.dueAfter(place, most)),
      scan: (after, most) => ask('goes through all states', () => memory().states.scan(after, most)),
      apply: (changes, applied) => {
        const copies = Array.from(changes, ({ subscriber, value, dueAt }) => ({
          subscriber,
          stored: { value: Uint8Array.from(value), dueAt },
        }));
        const who = copies.map(({ subscriber, stored }) => `${subscriber} due ${stored.dueAt ?? 'never'}`);
        return write(`applies R ${applied.offset}/${applied.step} and ${copies.length} states: ${who}`, () => {
          for (const { subscriber, stored } of copies) database().contents.subscribers.set(subscriber, stored);
          database().contents.applied = applied;
        });
      },
    },
    inputs: () => ask('reads its inputs', () => [...database().inputs.values()]),
    outputs: (fromNumber, most) =>
      ask(`reads outputs from ${fromNumber} on`, () =>
        database()
          .contents.outputs.filter(({ number }) => number >= fromNumber)
          .slice(0, most),
      ),
    readNote: (name) => ask(`reads note ${name}`, () => database().notes.get(name)),
    writeNotes: (more) => write(`notes ${JSON.stringify(more)}`, () => putNotes(more)),
    statistics: () => ask('counts', () => ({ bytes: 0, subscribers: 0, subscriberBytes: 0 })),
    scrub: () => ask('scrubs', () => undefined),
    close: () => process.later('closes its database', () => undefined),
  };
};
