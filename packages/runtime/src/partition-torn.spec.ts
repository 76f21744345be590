import { hash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type CountingEvent, countingCore, journalOf } from './counting-core.ts';
import { InfrastructureError, PartitionStopped } from './errors.ts';
import { emptyContents, type MemoryContents, makeMemoryStore } from './memory/memory-store.ts';
import { openPartition, partitionDefaults } from './partition.ts';
import type { Applied, Due, JournalRecord, States, Stored } from './ports.ts';

const core = countingCore();
const small = { settlePieceMax: 3, changedMax: 4, recordsMax: 5, inFlightMax: 1 };

const count = (subscriber: string): CountingEvent => ({ kind: 'count', subscriber });
const some = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => count(`s-${from + n}`));

/** Forty wait for one tick, some of them for two instants of it, and events come before and after. */
const journal = journalOf([
  [0, { kind: 'activate', everyMs: 100, times: 2 }],
  ...some(0, 40).map((event) => [0, event] as const),
  ...some(5, 15).map((event) => [50, event] as const),
  [60, { kind: 'refused' }],
  [1000, { kind: 'tick' }],
  ...some(0, 20).map((event) => [1001, event] as const),
  [2000, { kind: 'tick' }],
  ...some(0, 5).map((event) => [2001, event] as const),
]);

const withMark = (stored: Stored, standsAt: number): Stored => ({ ...stored, standsAt });

/** What lay in the store after each write, outputs and receipt as of then. */
type Snapshot = Omit<MemoryContents, 'journal'>;

const copyOf = ({ outputs, subscribers, receipt, applied }: MemoryContents): Snapshot => ({
  outputs: [...outputs],
  subscribers: new Map(subscribers),
  receipt,
  applied,
});

/** Opens the partition over a store that holds the whole journal, and lets it fold to the end. */
/** The index as it is after half a write: it may only have gained, or moved earlier. */
type Index = Map<string, number>;

const earlier = (before: Stored | undefined, after: Stored): number | undefined => {
  const instants = [before?.dueAt, after.dueAt].filter((instant) => instant !== undefined);
  return instants.length === 0 ? undefined : Math.min(...instants);
};

const dueIn =
  (index: Index): States['dueAfter'] =>
  async (place, most) => {
    const order = (a: Due, b: Due) => a.dueAt - b.dueAt || core.compareSubscribers(a.subscriber, b.subscriber);
    return [...index]
      .map(([subscriber, dueAt]) => ({ subscriber, dueAt }))
      .filter((due) => place === undefined || order(due, place) > 0)
      .sort(order)
      .slice(0, most);
  };

const recover = async (
  contents: MemoryContents,
  onApplied: () => void = () => undefined,
  {
    isTold = { unverified: 0 },
    index,
    cacheBytesMax = partitionDefaults.cacheBytesMax,
  }: { isTold?: { unverified: number }; index?: Index | undefined; cacheBytesMax?: number } = {},
) => {
  const { log, states } = makeMemoryStore(contents, core.compareSubscribers);
  const apply: States['apply'] = async (changes, applied) => {
    const written = [...changes].map((change) => ({ ...change, value: Uint8Array.from(change.value) }));
    await states.apply(written, applied);
    for (const { subscriber, dueAt } of written) {
      if (dueAt === undefined) index?.delete(subscriber);
      else index?.set(subscriber, dueAt);
    }
    onApplied();
  };
  const inSmallBatches: typeof log.read = async function* (fromOffset) {
    for await (const records of log.read(fromOffset))
      for (let at = 0; at < records.length; at += 4) yield records.slice(at, at + 4);
  };
  const partition = await openPartition(
    core,
    { ...log, read: inSmallBatches },
    { ...states, apply, ...(index && { dueAfter: dueIn(index) }) },
    {
      ...partitionDefaults,
      ...small,
      cacheBytesMax,
      onPublished: () => undefined,
      onOutcome: () => undefined,
      onUnverified: () => {
        isTold.unverified += 1;
      },
    },
  );
  await partition.flush();
};

const contentsOf = (records: readonly JournalRecord[]): MemoryContents => ({
  ...emptyContents(),
  journal: [...records],
});

const snapshots = async () => {
  const contents = contentsOf(journal);
  const taken: Snapshot[] = [copyOf(contents)];
  await recover(contents, () => taken.push(copyOf(contents)));
  return { taken, whole: contents };
};

const left = ({ outputs, subscribers, receipt, applied }: MemoryContents) => ({
  outputs: outputs.map((output) => (output.kind === 'trigger' ? output.id : `refused ${output.offset}`)),
  subscribers: [...subscribers]
    .map(([name, { value, dueAt }]) => `${name} ${Buffer.from(value).toString('hex')} ${dueAt}`)
    .sort(),
  digest: [receipt?.digest, receipt?.count, applied?.digest],
});

describe('values that were written while their R was not', () => {
  test.each([
    { cacheBytesMax: partitionDefaults.cacheBytesMax, why: 'all of them stay at hand' },
    { cacheBytesMax: 1, why: 'they leave as soon as others come' },
  ])('are passed over up to where they stand, and nothing is lost or said twice: $why', async ({ cacheBytesMax }) => {
    const { taken, whole } = await snapshots();
    const inMidst = taken.filter(({ applied }) => (applied?.step ?? 0) > 0).length;
    expect(inMidst).toBeGreaterThan(5);
    let unverified = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat({ max: 12 }), fc.infiniteStream(fc.boolean()), async (n, ahead, isWritten) => {
        const before = taken[n % taken.length] as Snapshot;
        const after = taken[Math.min(taken.length - 1, (n % taken.length) + ahead)] as Snapshot;
        const subscribers = new Map(before.subscribers);
        const index: Index = new Map();
        for (const [name, { dueAt }] of before.subscribers) if (dueAt !== undefined) index.set(name, dueAt);
        for (const [name, stored] of after.subscribers) {
          const isNew = stored !== before.subscribers.get(name);
          if (!isNew || !isWritten.next().value) continue;
          const dueAt = earlier(before.subscribers.get(name), stored);
          if (dueAt !== undefined) index.set(name, dueAt);
          subscribers.set(name, withMark(stored, after.applied?.offset ?? 0));
        }
        const torn: MemoryContents = {
          journal: [...journal],
          outputs: [...after.outputs],
          receipt: after.receipt,
          applied: before.applied,
          subscribers,
        };
        const told = { unverified: 0 };
        await recover(torn, undefined, { isTold: told, index, cacheBytesMax });
        unverified += told.unverified;
        expect(left(torn)).toEqual(left(whole));
      }),
      { numRuns: 400, seed: 3 },
    );
    expect(unverified).toBeGreaterThan(100);
  });
});

test('what was written by a recovery that could not be verified is not taken for verified by the next', async () => {
  const { taken, whole } = await snapshots();
  const [before, after] = [20, 21].map((n) => taken[n] as Snapshot) as [Snapshot, Snapshot];
  const subscribers = new Map(before.subscribers);
  const index: Index = new Map();
  for (const [name, stored] of after.subscribers) {
    const dueAt = earlier(before.subscribers.get(name), stored);
    if (dueAt !== undefined) index.set(name, dueAt);
    if (stored !== before.subscribers.get(name)) subscribers.set(name, withMark(stored, after.applied?.offset ?? 0));
  }
  const torn: MemoryContents = {
    journal: [...journal],
    outputs: [...whole.outputs],
    receipt: whole.receipt,
    applied: before.applied,
    subscribers,
  };
  let writes = 0;
  const dyingAfterSome = () => {
    writes += 1;
    if (writes === 3) throw new InfrastructureError('killed');
  };
  // With so little memory states are written below C too.
  await expect(recover(torn, dyingAfterSome, { index, cacheBytesMax: 1 })).rejects.toThrow('killed');
  expect(torn.applied?.offset).toBeLessThan(whole.receipt?.offset ?? 0);
  await recover(torn, undefined, { index });
  expect(left(torn)).toEqual(left(whole));
});

test('who was woken without cause is woken again, though it has changed since and is due when it was before', async () => {
  const early = journalOf([
    [0, { kind: 'activate', everyMs: 100, times: 1 }],
    [0, count('s-0')],
    [0, count('s-0')],
    [1000, { kind: 'tick' }],
  ]);
  const contents = contentsOf(early.slice(0, 2));
  await recover(contents);
  contents.journal.push(...early.slice(2));
  await recover(contents, undefined, { index: new Map([['s-0', 50]]) });
  expect(left(contents).outputs).toEqual(['due/s-0/100/2/1/1']);
});

describe('a log that is not the one that the states were made from', () => {
  const applied = async (): Promise<MemoryContents> => {
    const contents = contentsOf(journal.slice(0, 30));
    await recover(contents);
    return contents;
  };

  test('stops the partition where another record stands before R', async () => {
    const contents = await applied();
    contents.journal[29] = { ...(contents.journal[29] as JournalRecord), bytes: Buffer.from('{"kind":"tick"}') };
    await expect(recover(contents)).rejects.toThrow(PartitionStopped);
    await expect(recover(contents)).rejects.toThrow('another record at offset 29');
  });

  test('stops the partition where another record has come to stand before R only while it was opened', async () => {
    const contents = await applied();
    const other = { ...(contents.journal[29] as JournalRecord), bytes: Buffer.from('{"kind":"tick"}') };
    const { log, states } = makeMemoryStore(contents, core.compareSubscribers);
    contents.journal.pop();
    const record: typeof log.record = async (offset) => {
      const found = await log.record(offset);
      if (contents.journal.length < 30) contents.journal.push(other);
      return found;
    };
    const options = { ...partitionDefaults, onPublished: () => undefined, onOutcome: () => undefined };
    await expect(openPartition(core, { ...log, record }, states, options)).rejects.toThrow(
      'another record at offset 29',
    );
  });

  test('stops the partition where the log has no receipt and the states know of outputs', async () => {
    const contents = contentsOf(journal);
    await recover(contents);
    contents.receipt = undefined;
    await expect(recover(contents)).rejects.toThrow(/know of \d+ outputs, and the log of none/);
  });

  test('stops the partition where R stands at C and knows of other outputs', async () => {
    const contents = contentsOf(journal);
    await recover(contents);
    expect(contents.receipt).toMatchObject({ offset: contents.applied?.offset, digest: contents.applied?.digest });
    contents.applied = { ...(contents.applied as Applied), digest: 'another' };
    await expect(recover(contents)).rejects.toThrow('know of other outputs');
  });

  test('is the same log where the record before R is gone', async () => {
    const contents = await applied();
    contents.journal.splice(0, 30, ...[]);
    contents.journal.push(...journal.slice(30));
    await recover(contents);
    expect(contents.applied?.offset).toBe(journal.length);
  });
});

test('digests of records are those of their bytes', async () => {
  const contents = contentsOf(journal.slice(0, 3));
  await recover(contents);
  expect(contents.applied?.lastRecord).toBe(hash('sha256', (journal[2] as JournalRecord).bytes));
});
