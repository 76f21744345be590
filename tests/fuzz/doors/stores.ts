import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { aloCore } from '@alo/domain';
import {
  emptyContents,
  InfrastructureError,
  type MemoryContents,
  makeMemoryStore,
  openEmbeddedStore,
  openPartition,
  PartitionStopped,
  partitionDefaults,
  type Stored,
  WrongUse,
} from '@alo/runtime';
import fc from 'fast-check';
import { readRecord } from '../../../packages/runtime/src/taken-records.ts';
import { lifeOf } from '../corpus/lives.ts';
import { packedStates } from '../corpus/states.ts';
import { type Door, makeDoor, type Outcome } from '../door.ts';
import { type ByteEdit, byteEdit, editBytes } from '../edits/byte-edits.ts';
import { type EditedText, editedText, renderText } from '../edits/edited.ts';
import { lazily } from '../lazily.ts';

const storedRecords = 50;
const laterRecords = 12;
const options = { ...partitionDefaults, onPublished: () => undefined, onOutcome: () => undefined };

const life = lifeOf(3, storedRecords + laterRecords).map((record, offset) => ({ ...record, offset, ahead: false }));

const open = (contents: MemoryContents) => {
  const { log, states } = makeMemoryStore(contents, aloCore.compareSubscribers);
  return openPartition(aloCore, log, states, options);
};

/** What a partition has left that was stopped in the midst of a life. */
const lived = async (): Promise<MemoryContents> => {
  const contents = emptyContents();
  contents.journal.push(...life.slice(0, storedRecords));
  const partition = await open(contents);
  await partition.flush();
  return contents;
};

const stored = lazily(lived);

const spoiltCase = fc.record({
  subscriber: fc.nat(999),
  value: fc.array(byteEdit, { maxLength: 3 }),
  header: fc.option(editedText, { nil: undefined, freq: 4 }),
});
type SpoiltCase = typeof spoiltCase extends fc.Arbitrary<infer Case> ? Case : never;

const lengthAt = 1;
const hotAt = 5;

/** As far as a version and lengths tell: what is flipped in the words of the rest, nothing does. */
const brokenState = (packed: Buffer, edits: readonly ByteEdit[]): Buffer => {
  const hotEnd = hotAt + packed.readUInt32LE(lengthAt);
  return Buffer.concat([editBytes(packed.subarray(0, hotEnd), edits, packedStates()), packed.subarray(hotEnd)]);
};

const editedHeader = (header: string, edited: EditedText): string => renderText([header], edited).toString();

const spoilt = async ({ subscriber, value, header }: SpoiltCase): Promise<MemoryContents> => {
  const { journal, subscribers, applied, receipt } = await stored();
  const [name, before] = [...subscribers][subscriber % subscribers.size] as [string, Stored];
  const broken = { ...before, value: brokenState(Buffer.from(before.value), value) };
  return {
    ...{ journal: [...journal], outputs: [], receipt },
    subscribers: new Map(subscribers).set(name, broken),
    applied: applied && header ? { ...applied, header: editedHeader(applied.header, header) } : applied,
  };
};

/** A partition over broken bytes goes on, where they can still be read, or stops with a sentence. */
const partitions = makeDoor({
  name: 'broken-states',
  casesPerRound: 120,
  cases: spoiltCase,
  render: (one) => one,
  enter: async (one): Promise<Outcome> => {
    const partition = await open(await spoilt(one));
    await partition.take(life.slice(storedRecords).map((record) => readRecord(aloCore, record)));
    await partition.flush();
    return 'taken';
  },
  refuses: (error) => error instanceof PartitionStopped,
});

const withFolder = async <Result>(use: (folder: string) => Promise<Result>): Promise<Result> => {
  const folder = mkdtempSync(join(tmpdir(), 'alo-fuzz-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const recover = async (file: string): Promise<void> => {
  const store = await openEmbeddedStore(file);
  try {
    const partition = await openPartition(aloCore, store.log, store.states, options);
    for await (const _ of subscribersIn(store.states)) await partition.settled();
    await partition.flush();
  } finally {
    await store.close().catch(() => undefined);
  }
};

async function* subscribersIn(states: Awaited<ReturnType<typeof openEmbeddedStore>>['states']) {
  yield* await states.scan('', 100);
}

/** A store with a journal, outputs, states and notes, as a run leaves it. */
const wholeFile = lazily(() =>
  withFolder(async (folder) => {
    const file = join(folder, 'alo.db');
    const store = await openEmbeddedStore(file);
    const partition = await openPartition(aloCore, store.log, store.states, options);
    for (const record of life.slice(0, storedRecords)) {
      const { offset, appendedAt, bytes } = record;
      store.log.append({
        offset,
        appendedAt: Float64Array.of(appendedAt),
        lines: Buffer.concat([bytes, Buffer.from('\n')]),
      });
      await partition.take([readRecord(aloCore, record)]);
    }
    await partition.flush();
    await store.close();
    return readFileSync(file);
  }),
);

const isExpected = (error: unknown): boolean =>
  error instanceof WrongUse || error instanceof InfrastructureError || error instanceof PartitionStopped;

const files = makeDoor({
  name: 'sqlite-file',
  casesPerRound: 4,
  cases: fc.array(byteEdit, { minLength: 1, maxLength: 3 }),
  render: (edits) => edits,
  enter: (edits) =>
    withFolder(async (folder): Promise<Outcome> => {
      const file = join(folder, 'alo.db');
      const whole = await wholeFile();
      writeFileSync(file, editBytes(whole, edits, [whole]));
      await recover(file);
      return 'taken';
    }),
  refuses: isExpected,
});

/** Where a row holds text or bytes that alo wrote, and what is written in their place. */
const columns = [
  { column: 'applied', table: 'partition' },
  { column: 'receipt', table: 'partition' },
  { column: 'state', table: 'subscribers' },
  { column: 'appended', table: 'journal' },
  { column: 'lines', table: 'journal' },
] as const;

const rowCase = fc.record({
  column: fc.constantFrom(...columns),
  bytes: fc.array(byteEdit, { minLength: 1, maxLength: 2 }),
});
type RowCase = typeof rowCase extends fc.Arbitrary<infer Case> ? Case : never;

const spoilRow = (file: string, { column: { column, table }, bytes }: RowCase): void => {
  const db = new DatabaseSync(file);
  const row = db.prepare(`SELECT rowid AS id, CAST(${column} AS BLOB) AS held FROM ${table} LIMIT 1`).get();
  const held = editBytes(Buffer.from(row?.held as Uint8Array), bytes, packedStates());
  const put = column === 'state' ? '?' : 'CAST(? AS TEXT)';
  db.prepare(`UPDATE ${table} SET ${column} = ${put} WHERE rowid = ?`).run(held, row?.id as number);
  if (column === 'lines') db.exec('UPDATE partition SET applied = NULL');
  db.close();
};

const rows = makeDoor({
  name: 'sqlite-rows',
  casesPerRound: 4,
  cases: rowCase,
  render: (one) => one,
  enter: (one) =>
    withFolder(async (folder): Promise<Outcome> => {
      const file = join(folder, 'alo.db');
      writeFileSync(file, await wholeFile());
      spoilRow(file, one);
      await recover(file);
      return 'taken';
    }),
  refuses: isExpected,
});

export const storeDoors: readonly Door[] = [partitions, files, rows];
