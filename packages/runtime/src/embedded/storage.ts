import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { WrongUse } from '../errors.ts';
import type { Applied, Due, JournalRecord, Published, Receipt } from '../ports.ts';
import type { Appended, Calls, Input, Notes } from './messages.ts';
import { type PackedChanges, rowsInOrder } from './packed-changes.ts';
import { applicationId, schema, schemaVersion, subscribersAnew } from './schema.ts';

type Handlers = { [Call in keyof Calls]: (argument: Calls[Call][0]) => Calls[Call][1] };

const rowsPerStatement = 100;

/** Stands from an erasure on until nothing is left of it in the file. */
const erasedNote = 'erased';

/** One SQLite file, opened by one process at a time. Throws WrongUse where the file is no store of this version. */
export const openStorage = (file: string): Omit<Handlers, 'open'> => {
  const db = new DatabaseSync(file);
  prepareFile(db, file);
  const sql = prepared(db);

  const inTransaction = (write: () => void) => {
    db.exec('BEGIN IMMEDIATE');
    try {
      write();
      db.exec('COMMIT');
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  };

  const putNotes = (notes: Notes) => {
    for (const [name, note] of Object.entries(notes)) sql.putNote.run(name, JSON.stringify(note));
  };

  return {
    receipt: () => parsed<Receipt>('the receipt', sql.partition.get()?.receipt),
    applied: () => parsed<Applied>('how far states are applied', sql.partition.get()?.applied),
    commit: ({ appended, outputs, receipt, notes }) =>
      inTransaction(() => {
        for (const batch of appended) append(sql, batch);
        for (const output of outputs) putOutput(sql, output);
        sql.putReceipt.run(JSON.stringify(receipt));
        putNotes(notes);
      }),
    journal: ({ fromOffset }) => journalFrom(sql, fromOffset),
    load: ({ subscribers }) =>
      subscribers.map((subscriber) => {
        const row = sql.load.get(subscriber);
        return row && { value: row.state as Uint8Array, dueAt: (row.due_at as number | null) ?? undefined };
      }),
    dueAfter: ({ place, most }) =>
      sql.dueAfter.all(place?.dueAt ?? Number.MIN_SAFE_INTEGER, place?.subscriber ?? '', most) as unknown as Due[],
    scan: ({ after, most }) =>
      sql.scan.all(after, most).map((row) => ({
        subscriber: row.subscriber as string,
        value: row.state as Uint8Array,
        dueAt: (row.due_at as number | null) ?? undefined,
      })),
    apply: ({ changes, applied }) =>
      inTransaction(() => {
        upsert(sql, changes);
        if (changes.some(({ hasErased }) => hasErased)) putNotes({ [erasedNote]: true });
        sql.putApplied.run(JSON.stringify(applied));
      }),
    inputs: () => sql.inputs.all() as unknown as Input[],
    outputs: ({ fromNumber, most }) => outputsFrom(sql, fromNumber, most),
    note: ({ name }) => parsed(`note ${name}`, sql.note.get(name)?.note),
    putNotes: ({ notes }) => inTransaction(() => putNotes(notes)),
    statistics: () => sql.statistics.get() as ReturnType<Handlers['statistics']>,
    scrub: () => {
      if (sql.note.get(erasedNote) === undefined) return;
      inTransaction(() => db.exec(subscribersAnew));
      db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      sql.removeNote.run(erasedNote);
    },
    close: () => db.close(),
  };
};

const broken = (what: string): WrongUse => new WrongUse(`it is broken: ${what} is not as alo writes it`);

const jsonOf = (what: string, text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw broken(what);
  }
};

const parsed = <Value>(what: string, text: unknown): Value | undefined =>
  typeof text === 'string' ? (jsonOf(what, text) as Value) : undefined;

const prepareFile = (db: DatabaseSync, file: string): void => {
  db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA busy_timeout = 0;');
  const isNew = isEmpty(db);
  if (!isNew) refuseForeign(db, file);
  if (isNew) db.exec('PRAGMA page_size = 8192; PRAGMA secure_delete = ON;');
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 20000;');
  db.exec('PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON;');
  // An exclusive lock is taken by the first write, and kept until the process ends, however it ends.
  db.exec('BEGIN IMMEDIATE');
  if (isNew) db.exec(`${schema} PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${schemaVersion};`);
  db.exec('COMMIT');
};

/** Nothing was ever made in it, or who began to make a store was killed over it. */
const isEmpty = (db: DatabaseSync): boolean =>
  db.prepare('PRAGMA application_id').get()?.application_id === 0 &&
  db.prepare('SELECT count(*) AS made FROM sqlite_schema').get()?.made === 0;

const refuseForeign = (db: DatabaseSync, file: string): void => {
  if (db.prepare('PRAGMA application_id').get()?.application_id !== applicationId) {
    throw new WrongUse(`${file} is a database, but not one of alo's; give another --data`);
  }
  const version = db.prepare('PRAGMA user_version').get()?.user_version;
  if (version !== schemaVersion) {
    throw new WrongUse(
      `${file} is of version ${version}; this alo reads version ${schemaVersion}: give another --data`,
    );
  }
};

/** SQLITE_ERROR: a statement speaks of a table or a column that is not there. */
const noSuchTable = 1;

/** The statements, of a file whose tables are as alo made them. */
const prepared = (db: DatabaseSync): Statements => {
  try {
    return statements(db);
  } catch (error) {
    throw (error as { readonly errcode?: number }).errcode === noSuchTable ? broken('a table') : error;
  }
};

const statements = (db: DatabaseSync) => {
  const row = '(?, ?, ?)';
  const upsert = (rows: number) =>
    db.prepare(`INSERT INTO subscribers (subscriber, due_at, state) VALUES ${Array(rows).fill(row).join(', ')}
      ON CONFLICT (subscriber) DO UPDATE SET due_at = excluded.due_at, state = excluded.state`);
  return {
    partition: db.prepare('SELECT receipt, applied FROM partition'),
    putReceipt: db.prepare('UPDATE partition SET receipt = ?'),
    putApplied: db.prepare('UPDATE partition SET applied = ?'),
    append: db.prepare(`INSERT INTO journal (offset, records, input, line, appended, lines)
      VALUES (?, ?, ?, ?, ?, CAST(? AS TEXT))`),
    putInput: db.prepare(`INSERT INTO inputs (input, name, lines, digest) VALUES (?, ?, ?, ?)
      ON CONFLICT (input) DO UPDATE SET lines = excluded.lines, digest = excluded.digest`),
    journal: db.prepare(`SELECT offset, input, line, appended, CAST(lines AS BLOB) AS lines FROM journal
      WHERE offset + records > ? AND offset >= coalesce((SELECT max(offset) FROM journal WHERE offset <= ?), 0)
      ORDER BY offset LIMIT 1`),
    putTrigger: db.prepare('INSERT INTO outputs (number, offset, topic, event) VALUES (?, ?, ?, ?)'),
    putDeadLetter: db.prepare(
      'INSERT INTO dead_letters (number, offset, line, code, message, record) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    triggers: db.prepare('SELECT number, offset, topic, event FROM outputs WHERE number >= ? ORDER BY number LIMIT ?'),
    deadLetters: db.prepare(`SELECT number, offset, line, code, message, record FROM dead_letters
      WHERE number >= ? ORDER BY number LIMIT ?`),
    load: db.prepare('SELECT due_at, state FROM subscribers WHERE subscriber = ?'),
    dueAfter: db.prepare(`SELECT due_at AS dueAt, subscriber FROM subscribers INDEXED BY due
      WHERE due_at IS NOT NULL AND (due_at, subscriber) > (?, ?) ORDER BY due_at, subscriber LIMIT ?`),
    scan: db.prepare(
      'SELECT subscriber, due_at, state FROM subscribers WHERE subscriber > ? ORDER BY subscriber LIMIT ?',
    ),
    upsertOne: upsert(1),
    upsertMany: upsert(rowsPerStatement),
    inputs: db.prepare('SELECT input, name, lines, digest FROM inputs ORDER BY input'),
    note: db.prepare('SELECT note FROM notes WHERE name = ?'),
    putNote: db.prepare(
      'INSERT INTO notes (name, note) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET note = excluded.note',
    ),
    removeNote: db.prepare('DELETE FROM notes WHERE name = ?'),
    statistics: db.prepare(`SELECT (SELECT page_count * page_size FROM pragma_page_count, pragma_page_size) AS bytes,
      count(*) AS subscribers, coalesce(sum(length(state)), 0) AS subscriberBytes FROM subscribers`),
  };
};

type Statements = Record<keyof ReturnType<typeof statements>, StatementSync>;

const append = (sql: Statements, { offset, appendedAt, lines, input }: Appended): void => {
  const at = JSON.stringify(Array.from(appendedAt));
  sql.append.run(offset, appendedAt.length, input?.input ?? null, input?.firstLine ?? null, at, lines);
  if (input) sql.putInput.run(input.input, input.name, input.lines, input.digest);
};

const putOutput = (sql: Statements, output: Published): void => {
  const { number, offset } = output;
  if (output.kind === 'trigger') sql.putTrigger.run(number, offset, output.topic, output.text);
  else sql.putDeadLetter.run(number, offset, output.line ?? null, output.code, output.message, output.bytes);
};

const lineFeed = 10;

const isAppendTime = (at: unknown): boolean => at === null || Number.isSafeInteger(at);

const journalFrom = (sql: Statements, fromOffset: number): JournalRecord[] | undefined => {
  const row = sql.journal.get(fromOffset, fromOffset);
  if (!row) return undefined;
  const bytes = row.lines as Uint8Array;
  const appendedAt = jsonOf('the journal', row.appended as string) as (number | null)[];
  if (!Array.isArray(appendedAt) || !appendedAt.every(isAppendTime)) throw broken('the journal');
  let start = 0;
  const records = appendedAt.map((at, n): JournalRecord => {
    const end = bytes.indexOf(lineFeed, start);
    if (end === -1) throw broken('the journal');
    const record = {
      offset: (row.offset as number) + n,
      appendedAt: at ?? 0,
      ahead: at === null,
      bytes: bytes.subarray(start, end),
      line: row.line === null ? undefined : (row.line as number) + n,
    };
    start = end + 1;
    return record;
  });
  if (start !== bytes.length) throw broken('the journal');
  return records.filter(({ offset }) => offset >= fromOffset);
};

const outputsFrom = (sql: Statements, fromNumber: number, most: number): Published[] => {
  const triggers = sql.triggers.all(fromNumber, most).map((row): Published => {
    const { number, offset, topic, event } = row as { number: number; offset: number; topic: string; event: string };
    const { subject, id } = jsonOf('an output', event) as { subject: string; id: string };
    return { kind: 'trigger', number, offset, topic, subject, id, text: event };
  });
  const deadLetters = sql.deadLetters.all(fromNumber, most).map((row) => {
    const { number, offset, line, code, message, record } = row;
    return { kind: 'dead-letter', number, offset, line: line ?? undefined, code, message, bytes: record } as Published;
  });
  return [...triggers, ...deadLetters].sort((a, b) => a.number - b.number).slice(0, most);
};

/** A hundred rows a statement. */
const upsert = (sql: Statements, changes: readonly PackedChanges[]): void => {
  const { count, row } = rowsInOrder(changes);
  let at = 0;
  for (; at + rowsPerStatement <= count; at += rowsPerStatement) {
    const first = at;
    sql.upsertMany.run(...Array.from({ length: rowsPerStatement }, (_, n) => row(first + n)).flat());
  }
  for (; at < count; at += 1) sql.upsertOne.run(...row(at));
};
