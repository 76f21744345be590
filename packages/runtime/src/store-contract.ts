import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Applied, Change, Due, JournalRecord, Log, Published, Receipt, States, Stored } from './ports.ts';

type Closing = { readonly close: () => Promise<void> };

export type StatesAtHand = Closing & { readonly states: States };

/** A log at hand, and what a test needs besides. */
export type LogAtHand = Closing & {
  readonly log: Log;
  /** Puts a batch behind the journal's end, and publishes nothing with it. */
  readonly append: (batch: readonly JournalRecord[], receipt: Receipt) => Promise<void>;
  readonly published: () => Promise<readonly Published[]>;
};

/** A store at hand: both ports. */
export type StoreAtHand = StatesAtHand & LogAtHand;

/** What a log may leave out, or does otherwise, and still is one. */
export type LogTraits = {
  /** Others append to the journal, and the log itself stamps what they append. */
  readonly isAppendedByOthers?: boolean;
  /** An output as it compares: what the log keeps of it, in the order that it keeps. */
  readonly comparable?: (outputs: readonly Published[]) => unknown;
};

/** One adapter. */
export type StoreKind<AtHand extends Closing = StoreAtHand> = {
  /** Makes a new store, and the function that opens it, again and again. */
  readonly make: () => Promise<{ readonly open: () => Promise<AtHand>; readonly remove: () => Promise<void> }>;
};

const receiptAt = (offset: number, count = 0): Receipt => ({
  offset,
  step: 0,
  digest: `digest-${count}`,
  count,
  version: '1',
});
const appliedAt = (offset: number, header = ''): Applied => ({ ...receiptAt(offset), header });

const change = (subscriber: string, dueAt?: number, text = subscriber): Change => ({
  subscriber,
  dueAt,
  value: Buffer.from(text),
});

const trigger = (number: number, subject = 's-1'): Published => ({
  kind: 'trigger',
  number,
  offset: 0,
  topic: 'alo.tiers.v1',
  subject,
  id: `id-${number}`,
  text: JSON.stringify({
    specversion: '1.0',
    id: `id-${number}`,
    source: '/alo/test',
    type: 'alo.tier.upgraded.v1',
    subject,
    time: '2026-08-10T02:00:00Z',
    datacontenttype: 'application/json',
    data: { name: 'a\u0000b 😀' },
  }),
});

const deadLetter = (number: number, bytes: Buffer, line: number | undefined): Published => ({
  kind: 'dead-letter',
  number,
  offset: 0,
  line,
  code: 'SCHEMA',
  message: 'it must be a NUL \u0000, a 😀, or neither',
  bytes,
});

const record = (offset: number, bytes: Uint8Array, given: Partial<JournalRecord> = {}): JournalRecord => ({
  offset,
  appendedAt: 1000 + offset,
  ahead: false,
  bytes,
  line: offset + 1,
  ...given,
});

const oddLines = ['', '\r', '{"a":1}', 'a\u0000b', '😀', '\ufeff'].map((text) => Buffer.from(text));
const noUtf8 = Buffer.from([0xff, 0xfe, 0x00, 0x80]);

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
/** Where a value stands is known to some adapters alone. */
const plain = <Item extends Stored>({ standsAt: _, ...item }: Item) => ({
  ...item,
  value: Buffer.from(item.value).toString('hex'),
});

const allOf = async <Item>(batches: AsyncIterable<readonly Item[]>): Promise<Item[]> => {
  const items: Item[] = [];
  for await (const batch of batches) items.push(...batch);
  return items;
};

/** Opens a new store for a test, and leaves nothing of it. */
const openedBy =
  <AtHand extends Closing>(kind: StoreKind<AtHand>) =>
  async <Result>(use: (store: AtHand, reopen: () => Promise<AtHand>) => Promise<Result>) => {
    const { open, remove } = await kind.make();
    let store = await open();
    const reopen = async () => {
      await store.close();
      store = await open();
      return store;
    };
    try {
      return await use(store, reopen);
    } finally {
      await store.close();
      await remove();
    }
  };

/** What every adapter of the ports must keep; a new one joins here first. */
export const describeStore = (name: string, kind: StoreKind): void => {
  describeStates(name, kind);
  describeLog(name, kind);
};

export const describeStates = (name: string, kind: StoreKind<StatesAtHand>): void => {
  const opened = openedBy(kind);

  describe(`${name}: the states`, () => {
    test('new ones know nobody, and have no R', () =>
      opened(async ({ states }) => {
        expect(await states.applied()).toBeUndefined();
        expect(await states.load(['s-1'])).toEqual([undefined]);
        expect(await states.dueAfter(undefined, 10)).toEqual([]);
        expect(await states.scan('', 10)).toEqual([]);
      }));

    test('what is applied is loaded again, bytes and due instant', () =>
      opened(async ({ states }) => {
        const bytes = Uint8Array.from({ length: 256 }, (_, n) => n);
        await states.apply(
          [
            { subscriber: 'all bytes', value: bytes, dueAt: 5 },
            { subscriber: 'no byte', value: new Uint8Array(0), dueAt: undefined },
          ],
          appliedAt(1),
        );
        const [all, none] = await states.load(['all bytes', 'no byte']);
        expect(all && plain(all)).toEqual({ value: Buffer.from(bytes).toString('hex'), dueAt: 5 });
        expect(none && plain(none)).toEqual({ value: '', dueAt: undefined });
      }));

    test('what is loaded comes in the order asked for, unknown ones in their places', () =>
      opened(async ({ states }) => {
        const names = Array.from({ length: 1500 }, (_, n) => `s-${(n * 7919) % 1500}`);
        await states.apply(
          names.filter((_, n) => n % 3 > 0).map((subscriber) => change(subscriber)),
          appliedAt(1),
        );
        const loaded = await states.load(names);
        expect(loaded.map((stored) => stored && Buffer.from(stored.value).toString())).toEqual(
          names.map((subscriber, n) => (n % 3 > 0 ? subscriber : undefined)),
        );
      }));

    test('what is applied twice is there once, as it came last', () =>
      opened(async ({ states }) => {
        await states.apply([change('s-1', 10, 'old'), change('s-2', 20)], appliedAt(1));
        await states.apply([change('s-1', undefined, 'new')], appliedAt(2));
        expect(await states.dueAfter(undefined, 10)).toEqual([{ dueAt: 20, subscriber: 's-2' }]);
        expect((await states.scan('', 10)).map(plain)).toEqual(
          [change('s-1', undefined, 'new'), change('s-2', 20)].map(plain),
        );
      }));

    test('bytes that their owner changes afterwards stay what they were', () =>
      opened(async ({ states }) => {
        const value = Buffer.from('before');
        const applying = states.apply([{ subscriber: 's-1', value, dueAt: undefined }], appliedAt(1));
        value.fill(0);
        await applying;
        expect((await states.load(['s-1'])).map((stored) => stored && plain(stored).value)).toEqual([
          Buffer.from('before').toString('hex'),
        ]);
      }));

    test('reading sees what was applied before, though nobody waited for it', () =>
      opened(async ({ states }) => {
        const calls = Array.from({ length: 20 }, (_, n) => [
          states.apply([change('s-1', n, `${n}`)], appliedAt(n)),
          states.load(['s-1']).then(([stored]) => expect(stored && Buffer.from(stored.value).toString()).toBe(`${n}`)),
          states.dueAfter(undefined, 1).then(([due]) => expect(due?.dueAt).toBe(n)),
          states.applied().then((applied) => expect(applied?.offset).toBe(n)),
        ]);
        await Promise.all(calls.flat());
      }));

    test('states that are opened again hold what they held', () =>
      opened(async ({ states }, reopen) => {
        await states.apply([change('s-1', 10), change('s-2')], appliedAt(1, 'header'));
        const again = (await reopen()).states;
        expect(await again.applied()).toEqual(appliedAt(1, 'header'));
        expect((await again.scan('', 10)).map(plain)).toEqual([change('s-1', 10), change('s-2')].map(plain));
        expect(await again.dueAfter(undefined, 10)).toEqual([{ dueAt: 10, subscriber: 's-1' }]);
      }));

    test('R is kept whole: header, digest, and how far re-arming is', () =>
      opened(async ({ states }, reopen) => {
        const applied = { ...appliedAt(7, '{"now":1}'), step: 3, count: 12, rearmedUpTo: 's-😀' };
        await states.apply([], applied);
        expect(await (await reopen()).states.applied()).toEqual(applied);
      }));

    test('re-arming that is done leaves no mark', () =>
      opened(async ({ states }) => {
        await states.apply([], { ...appliedAt(1), rearmedUpTo: '' });
        expect((await states.applied())?.rearmedUpTo).toBe('');
        await states.apply([], { ...appliedAt(1), rearmedUpTo: undefined });
        expect((await states.applied())?.rearmedUpTo).toBeUndefined();
      }));
  });

  describe(`${name}: the due index`, () => {
    test('due items come in order of instant, then of UTF-8 bytes', () =>
      opened(async ({ states }) => {
        const sorted: Due[] = [
          { dueAt: -1, subscriber: 'before 1970' },
          { dueAt: 0, subscriber: 'at 1970' },
          ...['Z', 'a', 'é', '\uffee', '\u{10000}', '😀'].map((subscriber) => ({ dueAt: 1, subscriber })),
          { dueAt: 2 ** 52, subscriber: 'A' },
        ];
        await states.apply(
          sorted.toReversed().map(({ subscriber, dueAt }) => change(subscriber, dueAt)),
          appliedAt(1),
        );
        expect(await states.dueAfter(undefined, 100)).toEqual(sorted);
      }));

    test('a place is passed, never repeated, whether it still holds or not', () =>
      opened(async ({ states }) => {
        await states.apply(
          ['a', 'b', 'c'].map((subscriber) => change(subscriber, 10)),
          appliedAt(1),
        );
        const from = (dueAt: number, subscriber: string) => states.dueAfter({ dueAt, subscriber }, 10);
        expect((await from(10, 'a')).map(({ subscriber }) => subscriber)).toEqual(['b', 'c']);
        expect((await from(10, 'aa')).map(({ subscriber }) => subscriber)).toEqual(['b', 'c']);
        expect(await from(10, 'c')).toEqual([]);
        expect((await from(9, 'z')).length).toBe(3);
        expect(await from(11, '')).toEqual([]);
      }));

    test('no more come than are asked for', () =>
      opened(async ({ states }) => {
        await states.apply(
          ['a', 'b', 'c'].map((subscriber) => change(subscriber, 10)),
          appliedAt(1),
        );
        expect((await states.dueAfter(undefined, 2)).map(({ subscriber }) => subscriber)).toEqual(['a', 'b']);
      }));
  });

  describe(`${name}: the scan`, () => {
    test('goes through all subscribers in order of UTF-8 bytes, surrogate pairs last', () =>
      opened(async ({ states }) => {
        const sorted = ['A', 'a', 'aa', 'é', 'ệ', '\uffee', '\u{10000}', '😀', '😀a'];
        await states.apply(
          sorted.toReversed().map((subscriber) => change(subscriber)),
          appliedAt(1),
        );
        const seen: string[] = [];
        for (let after = ''; ; ) {
          const page = await states.scan(after, 2);
          seen.push(...page.map(({ subscriber }) => subscriber));
          if (page.length < 2) break;
          after = page[1]?.subscriber as string;
        }
        expect(seen).toEqual(sorted);
      }));

    test('any states come back as a sorted list of them would give them', () =>
      opened(async ({ states }) => {
        const subscriber = fc
          .string({ unit: 'grapheme', minLength: 1, maxLength: 4 })
          .filter((text) => !/\0/.test(text));
        const changes = fc.array(fc.record({ subscriber, dueAt: fc.option(fc.integer({ min: -3, max: 3 })) }), {
          maxLength: 130,
        });
        const known = new Map<string, Change>();
        const place = fc.option(fc.record({ dueAt: fc.integer({ min: -4, max: 4 }), subscriber }));
        await fc.assert(
          fc.asyncProperty(
            changes,
            place,
            subscriber,
            fc.integer({ min: 1, max: 200 }),
            async (made, from, after, most) => {
              const last = new Map(
                made.map(({ subscriber, dueAt }) => [subscriber, change(subscriber, dueAt ?? undefined)]),
              );
              for (const [name, value] of last) known.set(name, value);
              await states.apply([...last.values()], appliedAt(1));
              const all = [...known.values()].sort((a, b) => byBytes(a.subscriber, b.subscriber));
              const scanned = await states.scan(after, most);
              expect(scanned.map(plain)).toEqual(
                all
                  .filter((one) => byBytes(one.subscriber, after) > 0)
                  .slice(0, most)
                  .map(plain),
              );
              const order = (a: Due, b: Due) => a.dueAt - b.dueAt || byBytes(a.subscriber, b.subscriber);
              const due = all
                .flatMap(({ dueAt, subscriber }) => (dueAt === undefined ? [] : [{ dueAt, subscriber }]))
                .sort(order)
                .filter((one) => from === null || order(one, from) > 0);
              expect(await states.dueAfter(from ?? undefined, most)).toEqual(due.slice(0, most));
            },
          ),
          { numRuns: 25, seed: 1 },
        );
      }));
  });
};

const asHex = (outputs: readonly Published[]): unknown =>
  outputs.map((one) => (one.kind === 'dead-letter' ? { ...one, bytes: Buffer.from(one.bytes).toString('hex') } : one));

export const describeLog = (
  name: string,
  kind: StoreKind<LogAtHand>,
  { isAppendedByOthers = false, comparable = asHex }: LogTraits = {},
): void => {
  const opened = openedBy(kind);
  const testOwn = isAppendedByOthers ? test.skip : test;

  describe(`${name}: the log`, () => {
    test('a new one has no C, and no record', () =>
      opened(async ({ log, published }) => {
        expect(await log.receipt()).toBeUndefined();
        expect(await allOf(log.read(0))).toEqual([]);
        expect(await published()).toEqual([]);
      }));

    test('publish writes outputs and receipt, whole and in their order', () =>
      opened(async ({ log, published }, reopen) => {
        const first = [trigger(0), deadLetter(1, noUtf8, 17), trigger(2, 's-😀')];
        const second = [deadLetter(3, Buffer.alloc(0), undefined), trigger(4)];
        await log.publish(first, receiptAt(1, 3));
        await log.publish([], receiptAt(2, 3));
        // Without outputs C need not move.
        expect([receiptAt(1, 3), receiptAt(2, 3)]).toContainEqual(await log.receipt());
        await log.publish(second, receiptAt(3, 5));
        expect(comparable(await published())).toEqual(comparable([...first, ...second]));
        const again = await reopen();
        expect(comparable(await again.published())).toEqual(comparable([...first, ...second]));
        expect(await again.log.receipt()).toEqual(receiptAt(3, 5));
      }));

    test('the journal gives back every byte of every record', () =>
      opened(async ({ append, log }) => {
        const lines = [...oddLines, noUtf8];
        await append(
          lines.map((bytes, n) => record(n, bytes)),
          receiptAt(lines.length),
        );
        const records = await allOf(log.read(0));
        expect(records.map(({ bytes }) => Buffer.from(bytes).toString('hex'))).toEqual(
          lines.map((bytes) => bytes.toString('hex')),
        );
      }));

    test('a record is found by its offset, and where there is none nothing is', () =>
      opened(async ({ append, log }) => {
        await append([record(0, Buffer.from('a')), record(1, Buffer.from('b'))], receiptAt(2));
        await append([record(2, Buffer.from('c'))], receiptAt(3));
        const found = await Promise.all([0, 1, 2, 3].map((offset) => log.record(offset)));
        expect(found.map((one) => one && Buffer.from(one.bytes).toString())).toEqual(['a', 'b', 'c', undefined]);
      }));

    testOwn('a record knows its offset, its line, its append time, and whether that is to be believed', () =>
      opened(async ({ append, log }) => {
        await append([record(0, Buffer.from('own'), { line: undefined, appendedAt: -5 })], receiptAt(1));
        await append(
          [record(1, Buffer.from('x'), { line: 1 }), record(2, Buffer.from('y'), { line: 2, ahead: true })],
          receiptAt(3),
        );
        const records = await allOf(log.read(0));
        expect(records.map(({ offset, line, ahead }) => ({ offset, line, ahead }))).toEqual([
          { offset: 0, line: undefined, ahead: false },
          { offset: 1, line: 1, ahead: false },
          { offset: 2, line: 2, ahead: true },
        ]);
        expect(records.filter(({ ahead }) => !ahead).map(({ appendedAt }) => appendedAt)).toEqual([-5, 1001]);
      }),
    );

    test('the journal is read from any offset, the middle of a batch too, to its end', () =>
      opened(async ({ append, log }, reopen) => {
        const text = (offset: number) => `line ${offset}`;
        let end = 0;
        for (const size of [1, 5, 2, 1, 7]) {
          const batch = Array.from({ length: size }, (_, n) => record(end + n, Buffer.from(text(end + n))));
          end += size;
          await append(batch, receiptAt(end));
        }
        const check = async (from: Log) => {
          for (let offset = 0; offset <= end; offset += 1) {
            const records = await allOf(from.read(offset));
            expect(records.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(
              Array.from({ length: Math.max(0, end - offset) }, (_, n) => text(offset + n)),
            );
            expect(records.map((one) => one.offset)).toEqual(records.map((_, n) => offset + n));
          }
        };
        await check(log);
        await check((await reopen()).log);
      }));
  });
};
