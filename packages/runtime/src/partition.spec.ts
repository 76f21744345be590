import { hash } from 'node:crypto';
import type { Instant } from '@alo/contracts';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Outcome } from './core.ts';
import { type CountingEvent, countingCore, journalOf } from './counting-core.ts';
import { Doubt, InfrastructureError, PartitionStopped } from './errors.ts';
import { type Failing, failingAt } from './failing-store.ts';
import { emptyContents, type MemoryContents, makeMemoryStore } from './memory/memory-store.ts';
import { openPartition, type PartitionOptions, partitionDefaults } from './partition.ts';
import type { JournalRecord, Published, Receipt } from './ports.ts';

const core = countingCore();

type Life = Partial<Omit<PartitionOptions, 'onPublished' | 'onOutcome'>> & {
  /** Records taken at once. */
  readonly batch?: number;
  /** Whose subscribers are asked for before a batch is taken: its own, or already the next one's. */
  readonly prefetched?: 'own' | 'next' | undefined;
  readonly failing?: Failing | undefined;
  readonly lagTurns?: number;
  readonly version?: string;
  /** Ends without writing what changed, as if it were killed. */
  readonly isKilled?: boolean;
};

type Told = { readonly outputs: Published[]; readonly outcomes: { offset: number; kind: Outcome['kind'] }[] };

/** The memory store, with a journal that grows with each transaction, as that of the embedded one does. */
const storeOf = (contents: MemoryContents, batch = 1_000_000) => {
  const { log, states } = makeMemoryStore(contents, core.compareSubscribers);
  let pending: readonly JournalRecord[] = [];
  const publish: typeof log.publish = (outputs, receipt) => {
    contents.journal.push(...pending);
    pending = [];
    return log.publish(outputs, receipt);
  };
  const readInBatches: typeof log.read = async function* (fromOffset) {
    for await (const records of log.read(fromOffset)) {
      for (let at = 0; at < records.length; at += batch) yield records.slice(at, at + batch);
    }
  };
  return {
    log: { ...log, read: readInBatches, publish },
    states,
    append: (records: readonly JournalRecord[]) => {
      pending = records;
    },
  };
};

const read = (records: readonly JournalRecord[]) =>
  records.map((record) => ({ ...record, incoming: core.read(record.bytes) }));

/** One life of an engine: it opens the partition, takes what the store does not have yet, and stores what is left. */
const live = async (contents: MemoryContents, journal: readonly JournalRecord[], life: Life = {}, told?: Told) => {
  const { batch = 50, prefetched, failing, lagTurns, version, isKilled, ...options } = life;
  const { append, ...ports } = storeOf(contents, batch);
  const { log, states, calls } = failingAt(ports, failing, lagTurns);
  const partition = await openPartition(version ? countingCore(version) : core, log, states, {
    ...partitionDefaults,
    ...options,
    onPublished: (outputs) => told?.outputs.push(...outputs),
    onOutcome: (kind, { offset }) => told?.outcomes.push({ kind, offset }),
  });
  const batchAt = (offset: number) => read(journal.slice(offset, offset + batch));
  let next = batchAt(partition.position().offset);
  while (next.length > 0) {
    const records = next;
    append(records);
    next = batchAt(partition.position().offset + records.length);
    if (prefetched) partition.prefetch(prefetched === 'own' ? records : next);
    await partition.take(records);
  }
  await partition.settled();
  if (!isKilled) await partition.flush();
  return calls();
};

const sha = (value: unknown) => hash('sha256', JSON.stringify(value));

/** What a store is left with, in few words: equal where every byte is. */
const left = ({ subscribers, outputs, receipt }: MemoryContents) => ({
  receipt,
  numbers: outputs.every(({ number }, n) => number === n) ? outputs.length : 'not each once, in order',
  outputs: sha(outputs.map((output) => ({ ...output, bytes: 'bytes' in output && [...output.bytes] }))),
  states: sha([...subscribers].map(([subscriber, { value, dueAt }]) => `${subscriber} ${value} ${dueAt}`).sort()),
});

const count = (subscriber: string): CountingEvent => ({ kind: 'count', subscriber });
const activate = (everyMs: number, times: number): CountingEvent => ({ kind: 'activate', everyMs, times });
const tick: CountingEvent = { kind: 'tick' };
const refused: CountingEvent = { kind: 'refused' };
const at = (instant: Instant, ...events: CountingEvent[]) => events.map((event) => [instant, event] as const);
const many = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => count(`s-${from + n}`));

/** What comes of a journal when nothing ever fails. */
const undisturbed = async (journal: readonly JournalRecord[], life: Life = {}) => {
  const contents = emptyContents();
  const calls = await live(contents, journal, life);
  return { calls, expected: left(contents), contents };
};

/** 1,200 wait for one tick; of some of them the store believes that they wait for it, and they do not any more. */
const crowd = journalOf([
  ...at(0, activate(100, 2), ...many(0, 1200)),
  ...at(50, ...many(100, 400), refused),
  ...at(60, ...many(1150, 1200), ...many(1150, 1200)),
  ...at(1000, tick, ...many(0, 10)),
  ...at(1001, refused, tick),
]);

/** 2,100 are re-armed by an activation, more than one piece of it, and fall due as it says. */
const reform = journalOf([...at(0, activate(100, 0), ...many(0, 2100)), ...at(160, activate(10, 1)), ...at(300, tick)]);

describe('what fell due comes in pieces', () => {
  test.each([
    { isFlushed: false, why: 'whose places are not stored yet' },
    { isFlushed: true, why: 'of whom the store believes that 350 still wait for what they have left' },
  ])('each published with its outputs, as a step of its record: of 1,200, $why', async ({ isFlushed }) => {
    const contents = emptyContents();
    const { log, states, append } = storeOf(contents);
    const receipts: string[] = [];
    const publish: typeof log.publish = (outputs, receipt) => {
      receipts.push(`${receipt.offset}/${receipt.step}: ${outputs.length}`);
      return log.publish(outputs, receipt);
    };
    const partition = await openPartition(core, { ...log, publish }, states, {
      ...partitionDefaults,
      onPublished: () => undefined,
      onOutcome: () => undefined,
    });
    for (const records of [crowd.slice(0, 1201), crowd.slice(1201, 1602), crowd.slice(1602, 1603), crowd.slice(1603)]) {
      append(records);
      await partition.take(read(records));
      if (isFlushed && records.length > 1000) await partition.flush();
    }
    // 1,200 twice, in steps of 500: four whole ones, and the rest with the record itself.
    const settled = ['1602/1: 500', '1602/2: 500', '1602/3: 500', '1602/4: 500', '1603/0: 400'];
    expect(receipts).toEqual(['1/0: 0', '1201/0: 0', '1602/0: 51', ...settled, '1615/0: 1']);
  });
});

describe.each([
  { name: 'a crowd', journal: crowd, least: 2000 },
  { name: 'an activation', journal: reform, least: 2000 },
])('after a crash at any call, $name', ({ journal, least }) => {
  test.each([
    { changedMax: 1, afterwards: 1_000_000, batch: 400, why: 'states written after every batch and piece' },
    { changedMax: 700, afterwards: 1, batch: 900, why: 'states written now and then' },
    { changedMax: 1_000_000, afterwards: 1, batch: 400, why: 'states never written before the end' },
  ])('gives the same outputs, once each: $why', async ({ changedMax, afterwards, batch }) => {
    const { calls, expected } = await undisturbed(journal, { changedMax, batch });
    expect(expected.numbers).toBeGreaterThan(least);
    for (let call = 1; call <= calls; call += 1) {
      for (const when of ['before', 'after'] as const) {
        const contents = emptyContents();
        const told: Told = { outputs: [], outcomes: [] };
        const failing = { call, when };
        await expect(live(contents, journal, { changedMax, batch, failing }, told)).rejects.toThrow(
          InfrastructureError,
        );
        await live(contents, journal, { changedMax: afterwards, batch: 333 }, told);
        expect({ failing, ...left(contents) }).toEqual({ failing, ...expected });
        const numbers = told.outputs.map(({ number }) => number);
        expect(numbers.every((number, n) => n === 0 || number > (numbers[n - 1] as number))).toBe(true);
      }
    }
  });
});

const names = fc.integer({ min: 0, max: 9 }).map((n) => `s-${n}`);
const events = fc.oneof(
  { weight: 12, arbitrary: names.map(count) },
  { weight: 3, arbitrary: fc.constant(tick) },
  { weight: 1, arbitrary: fc.constant(refused) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 4 }))
      .map(([everyMs, times]) => activate(everyMs, times)),
  },
);
const journals = fc
  .array(fc.tuple(fc.constantFrom(0, 0, 0, 1, 5, 30), events), { minLength: 5, maxLength: 60 })
  .map((steps) => {
    let now = 0;
    return journalOf(
      [[0, activate(10, 3)] as const, ...steps].map(([stepMs, event], n) => {
        now += n === 0 ? 0 : (stepMs as number);
        return [now, event] as const;
      }),
    );
  });
const lives = fc.record({
  batch: fc.integer({ min: 1, max: 30 }),
  prefetched: fc.constantFrom(undefined, 'own' as const, 'next' as const),
  lagTurns: fc.constantFrom(0, 1, 20),
  changedMax: fc.constantFrom(1, 3, 8, 1000),
  recordsMax: fc.constantFrom(1, 7, 1000),
  inFlightMax: fc.constantFrom(1, 4),
  cacheBytesMax: fc.constantFrom(1, 500, 1500, 1_000_000),
});
const ends = fc.record({
  failing: fc.option(
    fc.record({ call: fc.integer({ min: 3, max: 30 }), when: fc.constantFrom('before' as const, 'after' as const) }),
    { nil: undefined },
  ),
  isKilled: fc.boolean(),
});

describe('whatever the batches, the bounds and the crashes', () => {
  test('the same journal gives the same bytes', async () => {
    await fc.assert(
      fc.asyncProperty(
        journals,
        fc.boolean(),
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.tuple(lives, ends), { maxLength: 4 }),
        lives,
        async (journal, isThereBefore, settlePieceMax, disturbed, last) => {
          const { expected } = await undisturbed(journal, { settlePieceMax: 1000 });
          const contents = { ...emptyContents(), journal: isThereBefore ? [...journal] : [] };
          for (const [life, end] of disturbed) {
            await live(contents, journal, { ...life, ...end, settlePieceMax }).catch((error) => {
              if (!(error instanceof InfrastructureError)) throw error;
            });
          }
          await live(contents, journal, { ...last, settlePieceMax });
          expect(left(contents)).toEqual(expected);
        },
      ),
      { numRuns: 3000, seed: 1 },
    );
  });
});

/** A store whose engine was killed when it had published all, and written its states somewhere on the way. */
const killedAt = async (applied: number) => {
  const contents = emptyContents();
  await live(contents, crowd.slice(0, applied), { batch: 400 });
  await live(contents, crowd, { batch: 400, isKilled: true });
  return contents;
};

describe('recovery', () => {
  test.each([
    { applied: 0, why: 'from the beginning' },
    { applied: 1300, why: 'from states in the middle' },
    { applied: crowd.length, why: 'where nothing is left to be folded again' },
  ])('publishes nothing and tells nothing again: $why', async ({ applied }) => {
    const contents = await killedAt(applied);
    const told: Told = { outputs: [], outcomes: [] };
    const before = left(contents);
    await live(contents, crowd, {}, told);
    expect(told).toEqual({ outputs: [], outcomes: [] });
    const { expected } = await undisturbed(crowd);
    expect(left(contents)).toEqual({ ...expected, receipt: before.receipt });
  });

  test('goes on behind what was published, and says no more than what is new', async () => {
    const contents = await killedAt(700);
    const more = [
      ...crowd,
      ...journalOf(at(2000, refused, tick)).map((one) => ({ ...one, offset: one.offset + crowd.length })),
    ];
    const told: Told = { outputs: [], outcomes: [] };
    await live(contents, more, {}, told);
    expect(told.outputs.map(({ number, offset }) => ({ number, offset }))).toEqual([
      { number: 2452, offset: crowd.length },
    ]);
    expect(told.outcomes).toEqual([
      { kind: 'refused', offset: crowd.length },
      { kind: 'taken', offset: crowd.length + 1 },
    ]);
  });

  test('by an engine that says something else stops, and names both versions', async () => {
    const contents = await killedAt(0);
    const before = left(contents);
    const recovering = live(contents, crowd, { version: '2' });
    await expect(recovering).rejects.toThrow(PartitionStopped);
    await expect(recovering).rejects.toThrow(/this engine \(2\) has said something else than engine 1 published/);
    expect(left(contents)).toEqual(before);
  });

  test('by an engine that says something else leaves R where the one that spoke can go on', async () => {
    const contents = await killedAt(700);
    await expect(live(contents, crowd, { version: '2', changedMax: 1, recordsMax: 1 })).rejects.toThrow(
      PartitionStopped,
    );
    await live(contents, crowd);
    expect(left(contents).numbers).toBe(2452);
  });

  test('by an engine that says the same under another version goes on', async () => {
    const contents = await killedAt(crowd.length - 1);
    await live(contents, crowd, { version: '2' });
    expect(left(contents).numbers).toBe(2452);
  });

  test('that was overtaken while it read C is in doubt, and does not take what the other has done for another log', async () => {
    const contents = await killedAt(1300);
    const more = [
      ...crowd,
      ...journalOf(at(2000, refused)).map((one) => ({ ...one, offset: one.offset + crowd.length })),
    ];
    const { log, states } = storeOf(contents);
    /** Taken by whoever asks first; who asks again finds out whether it still has them. */
    let owner: 'this one' | 'another' | undefined;
    let hasAsked = false;
    const applied: typeof states.applied = async () => {
      if (hasAsked && owner !== 'this one') throw new Doubt('another has taken the states');
      hasAsked = true;
      owner = 'this one';
      return states.applied();
    };
    const receipt: typeof log.receipt = async () => {
      const found = await log.receipt();
      await live(contents, more);
      owner = 'another';
      return found;
    };
    const options = { ...partitionDefaults, onPublished: () => undefined, onOutcome: () => undefined };
    await expect(openPartition(core, { ...log, receipt }, { ...states, applied }, options)).rejects.toThrow(Doubt);
  });

  test('stops where one output more was said', async () => {
    const contents = await killedAt(1300);
    contents.receipt = { ...(contents.receipt as Receipt), count: 2453 };
    await expect(live(contents, crowd)).rejects.toThrow(/2452 outputs.* against 2453/);
  });

  test('stops where the journal ends before what was published of it', async () => {
    const contents = await killedAt(1300);
    contents.journal.splice(1500);
    await expect(live(contents, crowd)).rejects.toThrow(
      new PartitionStopped('the journal ends at offset 1500, before the last receipt (1615)'),
    );
  });

  test('stops where the states know of outputs that the log does not', async () => {
    const contents = await killedAt(crowd.length);
    contents.receipt = { offset: 1, step: 0, digest: '', count: 0, version: '1' };
    await expect(live(contents, crowd)).rejects.toThrow(
      new PartitionStopped(
        "the states are at offset 1615, at the log's last receipt or past it, and know of other outputs: this engine or another says something else, or it is not the same log",
      ),
    );
  });
});

describe('a partition', () => {
  const opened = async (contents = emptyContents(), told?: Told) => {
    const { log, states, append } = storeOf(contents);
    const partition = await openPartition(core, log, states, {
      ...partitionDefaults,
      onPublished: (outputs) => told?.outputs.push(...outputs),
      onOutcome: (kind, { offset }) => told?.outcomes.push({ kind, offset }),
    });
    return { partition, append, contents };
  };

  test('takes no record but the next one', async () => {
    const { partition } = await opened();
    await expect(partition.take(read(crowd.slice(1, 2)))).rejects.toThrow('expected offset 0, not 1');
  });

  test('tells what came of each record, once', async () => {
    const told: Told = { outputs: [], outcomes: [] };
    const { partition, append } = await opened(emptyContents(), told);
    const journal = journalOf(at(0, activate(10, 1), count('s-1'), refused, tick));
    append(journal);
    await partition.take(read(journal));
    expect(told.outcomes.map(({ kind }) => kind)).toEqual(['activated', 'taken', 'refused', 'taken']);
  });

  test('keeps where it is when it takes records of which nothing is said, after a start too', async () => {
    const contents = emptyContents();
    const quiet = journalOf(at(0, activate(10, 0), count('s-1'), count('s-1'), tick, count('s-2')));
    for (let end = 2; end <= quiet.length; end += 1) await live(contents, quiet.slice(0, end));
    expect(contents.applied).toMatchObject({ offset: quiet.length, step: 0, count: 0 });
    expect(contents.receipt).toEqual({ offset: quiet.length, step: 0, digest: '', count: 0, version: '1' });
  });

  test('stops at a record that cannot be gone on from, and publishes nothing of its batch', async () => {
    const contents = emptyContents();
    const { log, states, append } = storeOf(contents);
    const stopping = {
      ...core,
      foldRecord: (...given: Parameters<typeof core.foldRecord>) =>
        given[2].incoming.kind === 'tick'
          ? { header: given[0], outputs: [], outcome: { kind: 'stopped' as const, why: 'the policy is another' } }
          : core.foldRecord(...given),
    };
    const options = { ...partitionDefaults, onPublished: () => undefined, onOutcome: () => undefined };
    const partition = await openPartition(stopping, log, states, options);
    const journal = journalOf(at(0, refused, tick));
    append(journal);
    await expect(partition.take(read(journal))).rejects.toThrow(new PartitionStopped('the policy is another'));
    expect(contents).toEqual(emptyContents());
  });
});

describe('what the store holds and cannot be read stops the partition', () => {
  const unread = (error: string) => new PartitionStopped(`${error}: the store is broken, or another alo wrote it`);
  const failing = () => {
    throw new Error('it is broken');
  };
  const journal = journalOf(at(0, count('s-1'), count('s-1')));
  const stored = async () => {
    const contents = emptyContents();
    contents.journal.push(...journal);
    await live(contents, journal);
    return contents;
  };
  const opened = async (broken: Partial<typeof core>) => {
    const { log, states } = storeOf(await stored());
    const options = { ...partitionDefaults, onPublished: () => undefined, onOutcome: () => undefined };
    return openPartition({ ...core, ...broken }, log, states, options);
  };

  test('a header', () => expect(opened({ decodeHeader: failing })).rejects.toThrow(unread('it is broken')));

  test.each([
    { isPrefetched: false, why: 'when it is taken' },
    { isPrefetched: true, why: 'though it was asked for before it was needed' },
  ])('a state, $why', async ({ isPrefetched }) => {
    const partition = await opened({ states: { ...core.states, decode: failing } });
    const next = read(journalOf(at(0, count('s-1'), count('s-1'), count('s-1')))).slice(2);
    if (isPrefetched) partition.prefetch(next);
    await expect(partition.take(next)).rejects.toThrow(unread('it is broken'));
  });

  test('a state that is to be re-armed', async () => {
    const partition = await opened({ states: { ...core.states, decode: failing } });
    const next = read(journalOf(at(0, count('s-1'), count('s-1'), activate(1, 1)))).slice(2);
    await expect(partition.take(next)).rejects.toThrow(unread('it is broken'));
  });
});

describe('an activation', () => {
  test('re-arms everyone before the next record, whatever was changed and not written', async () => {
    const journal = journalOf([
      ...at(0, activate(1000, 1), ...many(0, 50)),
      ...at(5, activate(10, 1), count('s-0')),
      ...at(14, tick),
      ...at(15, tick),
    ]);
    const contents = emptyContents();
    await live(contents, journal);
    const due = contents.outputs.map((output) => (output.kind === 'trigger' ? output.id : ''));
    expect(due.length).toBe(50);
    expect(new Set(due.map((id) => id.split('/')[2]))).toEqual(new Set(['15']));
  });

  test('disarms whoever waits for what the new policy does not know', async () => {
    const journal = journalOf([...at(0, activate(10, 1), ...many(0, 50)), ...at(5, activate(10, 0)), ...at(50, tick)]);
    const contents = emptyContents();
    await live(contents, journal);
    expect(contents.outputs).toEqual([]);
    expect([...contents.subscribers.values()].filter(({ dueAt }) => dueAt !== undefined)).toEqual([]);
  });
});
