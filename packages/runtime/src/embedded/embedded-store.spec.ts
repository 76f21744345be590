import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { InfrastructureError, WrongUse } from '../errors.ts';
import type { JournalRecord, Published, Receipt } from '../ports.ts';
import { describeStore, type StoreAtHand } from '../store-contract.ts';
import { type EmbeddedStore, openEmbeddedStore } from './embedded-store.ts';
import { applicationId, schemaVersion } from './schema.ts';

const atHand = async (file: string): Promise<StoreAtHand> => {
  const store = await openEmbeddedStore(file);
  return {
    log: store.log,
    states: store.states,
    append: (batch, receipt) => {
      store.log.append(appendedOf(batch));
      return store.log.publish([], receipt);
    },
    published: () => store.outputs(0, 1000),
    close: store.close,
  };
};

const appendedOf = (batch: readonly JournalRecord[]) => {
  const { offset, line } = batch[0] as JournalRecord;
  const appendedAt = Float64Array.from(batch, (record) => (record.ahead ? Number.NaN : record.appendedAt));
  const lines = Buffer.concat(batch.flatMap(({ bytes }) => [bytes, Buffer.from('\n')]));
  const input = { input: 1, name: 'events', lines: (line ?? 0) + batch.length - 1, digest: '' };
  return { offset, appendedAt, lines, ...(line !== undefined && { input: { ...input, firstLine: line } }) };
};

describeStore('the embedded store', {
  make: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'alo-store-'));
    return {
      open: () => atHand(join(folder, 'alo.db')),
      remove: () => rm(folder, { recursive: true }),
    };
  },
});

let folder = '';
let file = '';
let opened: EmbeddedStore[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alo-store-'));
  file = join(folder, 'alo.db');
});
afterEach(async () => {
  await Promise.all(opened.map((store) => store.close().catch(() => undefined)));
  opened = [];
  await rm(folder, { recursive: true });
});

const open = async (path = file) => {
  const store = await openEmbeddedStore(path);
  opened.push(store);
  return store;
};

const sqlite = (statements: string) => {
  const db = new DatabaseSync(file);
  db.exec(statements);
  db.close();
};

const receipt: Receipt = { offset: 1, step: 0, digest: 'd', count: 1, version: '1' };
const trigger = (number: number): Published => ({
  kind: 'trigger',
  number,
  offset: 0,
  topic: 'alo.tiers.v1',
  subject: 's-1',
  id: `id-${number}`,
  text: JSON.stringify({ subject: 's-1', id: `id-${number}` }),
});

describe('a file that is no store of this alo', () => {
  const refusal = (path = file) =>
    open(path).then(
      () => 'opened',
      (error) => (error instanceof WrongUse ? error.message : error),
    );

  test('is named, where it is no database at all', async () => {
    await writeFile(file, 'not a database, but long enough to be taken for one\n'.repeat(100));
    expect(await refusal()).toBe(`${file}: it is no database, or a broken one (file is not a database)`);
  });

  test('is named, where it is a database of something else', async () => {
    sqlite('CREATE TABLE notes (note TEXT)');
    expect(await refusal()).toBe(`${file} is a database, but not one of alo's; give another --data`);
  });

  test('is named, where it is of another version', async () => {
    await (await open()).close();
    sqlite(`PRAGMA user_version = ${schemaVersion + 1}`);
    expect(await refusal()).toBe(
      `${file} is of version ${schemaVersion + 1}; this alo reads version ${schemaVersion}: give another --data`,
    );
  });

  test('is not touched', async () => {
    sqlite('CREATE TABLE notes (note TEXT)');
    const before = await readFile(file);
    await refusal();
    expect(await readFile(file)).toEqual(before);
  });

  test('is named, where another has it open', async () => {
    await open();
    expect(await refusal()).toBe(`${file}: another process is using it`);
  });

  test('is at fault like a disk, where it is a folder or in none', async () => {
    await expect(open(folder)).rejects.toThrow(
      new InfrastructureError(`${folder}: it cannot be opened (unable to open database file)`),
    );
    await expect(open(join(folder, 'none', 'alo.db'))).rejects.toThrow(InfrastructureError);
  });

  test('is named, where its pages are broken', async () => {
    const store = await open();
    const changes = Array.from({ length: 2000 }, (_, n) => ({
      subscriber: `s-${n}`,
      dueAt: n,
      value: Buffer.alloc(100),
    }));
    await store.states.apply(changes, { ...receipt, header: '' });
    await store.close();
    const bytes = await readFile(file);
    await writeFile(file, bytes.fill(0xaa, 16384));
    const broken = open().then((again) => again.states.scan('', 5000));
    await expect(broken).rejects.toThrow(WrongUse);
    await expect(broken).rejects.toThrow(/it is no database, or a broken one/);
  });

  const jsonText = (value: unknown) => `'${JSON.stringify(value)}'`;
  test.each([
    { statement: "UPDATE partition SET receipt = '{'", what: 'the receipt', why: 'half of it' },
    { statement: 'UPDATE partition SET receipt = 7', what: 'the receipt', why: 'a number' },
    {
      statement: `UPDATE partition SET receipt = ${jsonText({ ...receipt, offset: '1' })}`,
      what: 'the receipt',
      why: 'an offset that is a text',
    },
    {
      statement: `UPDATE partition SET applied = ${jsonText(receipt)}`,
      what: 'how far states are applied',
      why: 'without a header',
    },
    { statement: "UPDATE journal SET appended = '[1'", what: 'the journal', why: 'half of its times' },
    { statement: "UPDATE journal SET appended = '{}'", what: 'the journal', why: 'no times' },
    { statement: 'UPDATE journal SET appended = \'[1,"2"]\'', what: 'the journal', why: 'a time that is a text' },
    { statement: "UPDATE journal SET appended = '[1]'", what: 'the journal', why: 'fewer times than lines' },
    { statement: "UPDATE journal SET appended = '[1,2,3]'", what: 'the journal', why: 'more times than lines' },
    { statement: "UPDATE journal SET lines = 'a'", what: 'the journal', why: 'a line without an end' },
  ])('is named, where $what is broken: $why', async ({ statement, what }) => {
    const store = await open();
    store.log.append({ offset: 0, appendedAt: Float64Array.of(1, 2), lines: Buffer.from('a\nb\n') });
    await store.log.publish([], receipt);
    await store.close();
    sqlite(statement);
    const again = await open();
    const reading = async () => [await again.log.receipt(), await again.states.applied(), await again.log.record(0)];
    await expect(reading()).rejects.toThrow(new WrongUse(`${file}: it is broken: ${what} is not as alo writes it`));
  });

  test.each([
    { statement: 'ALTER TABLE journal RENAME COLUMN records TO recordt', why: 'a column has another name' },
    { statement: 'DROP TABLE notes', why: 'one is gone' },
  ])('is named, where its tables are broken: $why', async ({ statement }) => {
    await (await open()).close();
    sqlite(statement);
    expect(await refusal()).toBe(`${file}: it is broken: a table is not as alo writes it`);
  });

  test('but one whose making was cut short becomes a store', async () => {
    sqlite('PRAGMA journal_mode = WAL');
    const store = await open();
    await store.log.publish([trigger(0)], receipt);
    await store.close();
    const again = await open();
    expect(await again.log.receipt()).toEqual(receipt);
    await again.close();
    const db = new DatabaseSync(file, { readOnly: true });
    expect(db.prepare('PRAGMA application_id').get()).toEqual({ application_id: applicationId });
    db.close();
  });
});

describe('one transaction', () => {
  test('holds the lines that were appended, the outputs, the receipt and the notes', async () => {
    const store = await open();
    const input = { input: 1, name: 'events', lines: 2, digest: 'of two' };
    store.log.append({
      offset: 0,
      appendedAt: Float64Array.of(5, 6),
      lines: Buffer.from('a\nb\n'),
      input: { ...input, firstLine: 1 },
    });
    store.log.note({ first: 1 });
    store.log.note({ second: { deep: [null] } });
    expect(await store.inputs()).toEqual([]);
    expect(await store.readNote('second')).toBeUndefined();
    await store.log.publish([trigger(0)], receipt);
    expect(await store.inputs()).toEqual([input]);
    expect(await store.readNote('first')).toBe(1);
    expect(await store.readNote('second')).toEqual({ deep: [null] });
    expect(await store.log.receipt()).toEqual(receipt);
  });

  test('is written whole or not at all', async () => {
    const store = await open();
    await store.log.publish([trigger(0)], receipt);
    store.log.append({ offset: 1, appendedAt: Float64Array.of(5), lines: Buffer.from('a\n') });
    store.log.note({ told: true });
    await expect(store.log.publish([trigger(1), trigger(0)], { ...receipt, offset: 2 })).rejects.toThrow(/UNIQUE/);
    await store.close();
    const again = await open();
    expect(await again.log.receipt()).toEqual(receipt);
    expect((await again.outputs(0, 10)).map(({ number }) => number)).toEqual([0]);
    expect(await again.readNote('told')).toBeUndefined();
    for await (const batch of again.log.read(0)) expect(batch).toEqual([]);
  });

  test('that failed lets none come after it', async () => {
    const store = await open();
    await store.log.publish([trigger(0)], receipt);
    const later = [
      store.log.publish([trigger(0)], { ...receipt, offset: 2 }),
      store.log.publish([trigger(1)], { ...receipt, offset: 3 }),
      store.states.apply([{ subscriber: 's-1', dueAt: 1, value: Buffer.from('x') }], { ...receipt, header: '' }),
      store.writeNotes({ told: true }),
    ];
    for (const settled of await Promise.allSettled(later)) expect(settled.status).toBe('rejected');
    await store.close();
    const again = await open();
    expect(await again.log.receipt()).toEqual(receipt);
    expect(await again.states.load(['s-1'])).toEqual([undefined]);
  });

  test('that failed lets nothing be read after it, for that would be older than who asks believes', async () => {
    const store = await open();
    await store.log.publish([trigger(0)], receipt);
    const failing = store.log.publish([trigger(0)], { ...receipt, offset: 2 });
    const reading = [store.states.load(['s-1']), store.states.dueAfter(undefined, 1), store.log.receipt()];
    await expect(failing).rejects.toThrow(/UNIQUE/);
    for (const settled of await Promise.allSettled(reading)) expect(settled.status).toBe('rejected');
    await store.close();
  });
});

test('outputs come in pages, triggers and dead letters in one order', async () => {
  const store = await open();
  const outputs = Array.from({ length: 25 }, (_, number): Published => {
    if (number % 3 > 0) return trigger(number);
    return {
      kind: 'dead-letter',
      number,
      offset: 0,
      line: number,
      code: 'SCHEMA',
      message: '',
      bytes: Buffer.from('x'),
    };
  });
  await store.log.publish(outputs, { ...receipt, count: 25 });
  const seen: number[] = [];
  for (let from = 0; ; ) {
    const page = await store.outputs(from, 4);
    seen.push(...page.map(({ number }) => number));
    if (page.length === 0) break;
    from = (page.at(-1)?.number as number) + 1;
  }
  expect(seen).toEqual(outputs.map(({ number }) => number));
});

test('calls that wait when the store is closed are answered, and those that come later are refused', async () => {
  const store = await open();
  const publishing = store.log.publish([trigger(0)], receipt);
  const closing = store.close();
  const late = store.log.receipt();
  await publishing;
  await closing;
  await expect(late).rejects.toThrow();
  await expect(store.log.receipt()).rejects.toThrow();
  opened = [];
});

describe('of who was erased', () => {
  const applied = { ...receipt, header: '{}' };
  const holds = (path: string, text: string) => existsSync(path) && readFileSync(path).includes(text);
  const known = { subscriber: 's-1', value: Buffer.from('known of them'.repeat(2000)), dueAt: 5 };
  const tombstone = { subscriber: 's-1', value: Buffer.from('gone'), dueAt: undefined, isErased: true };

  test('neither the file nor its WAL holds anything once it is scrubbed, and the rest is still there', async () => {
    const store = await open();
    const other = { subscriber: 's-2', value: Buffer.from('other'), dueAt: 7 };
    await store.states.apply([known, other], applied);
    await store.states.apply([tombstone], applied);
    expect(holds(`${file}-wal`, 'known of them')).toBe(true);
    await store.scrub();
    expect(statSync(`${file}-wal`).size).toBeLessThan(20_000);
    expect([file, `${file}-wal`].filter((path) => holds(path, 'known of them'))).toEqual([]);
    expect(
      (await store.states.load(['s-1', 's-2'])).map((stored) => Buffer.from(stored?.value ?? []).toString()),
    ).toEqual(['gone', 'other']);
    expect(await store.states.dueAfter(undefined, 10)).toEqual([{ dueAt: 7, subscriber: 's-2' }]);
  });

  test('closing scrubs, also after a life that was killed over it', async () => {
    const before = await open();
    await before.states.apply([known], applied);
    await before.states.apply([{ ...tombstone, isErased: false }], applied);
    await before.close();
    sqlite("INSERT INTO notes VALUES ('erased', 'true')");
    await (await open()).close();
    const db = new DatabaseSync(file);
    expect(db.prepare('SELECT count(*) AS notes FROM notes').get()?.notes).toBe(0);
    db.close();
    expect(holds(file, 'known of them')).toBe(false);
    expect(existsSync(`${file}-wal`)).toBe(false);
  });

  test('nothing is made anew where nobody was erased', async () => {
    const store = await open();
    await store.states.apply([known], applied);
    await store.scrub();
    expect(holds(`${file}-wal`, 'known of them')).toBe(true);
  });
});
