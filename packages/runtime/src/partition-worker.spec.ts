import { expect, test } from '@jest/globals';
import { countingCore, journalOf } from './counting-core.ts';
import { Doubt, InfrastructureError, PartitionStopped } from './errors.ts';
import { emptyContents, makeMemoryStore } from './memory/memory-store.ts';
import { liveDefaults, type PartitionCondition, runPartition } from './partition-worker.ts';
import type { LiveLog } from './ports.ts';

const core = countingCore();
const journal = journalOf([
  [0, { kind: 'activate', everyMs: 10, times: 0 }],
  [1, { kind: 'count', subscriber: 's-1' }],
]);

test('a write that failed is met by a recovery, though no record comes any more', async () => {
  const contents = { ...emptyContents(), journal: [...journal] };
  const { log, states } = makeMemoryStore(contents, core.compareSubscribers);
  const controller = new AbortController();
  const kinds: string[] = [];
  let writes = 0;
  const follow: LiveLog['follow'] = async function* (from) {
    yield { records: contents.journal.slice(from), end: contents.journal.length };
    for (let turns = 0; turns < 100; turns += 1) yield { records: [], end: contents.journal.length };
    controller.abort();
  };
  // The journal is there from the beginning, but recovery finds nothing of it: what comes then is applied unwaited for.
  const read: LiveLog['read'] = async function* () {};
  // Nothing is said here, and a log to which others append writes no receipt of that.
  const publish: LiveLog['publish'] = async () => undefined;
  await runPartition(core, {
    partition: 0,
    openPorts: async () => ({
      log: { ...log, read, follow, publish },
      states: {
        ...states,
        apply: async (changes, applied) => {
          writes += 1;
          if (writes === 3) throw new InfrastructureError('the third write fails');
          await states.apply(changes, applied);
        },
      },
      close: async () => undefined,
    }),
    confirmed: async () => undefined,
    signal: controller.signal,
    options: {
      ...liveDefaults,
      changedMax: 1,
      onPublished: () => undefined,
      onOutcome: () => undefined,
    },
    onCondition: ({ kind }) => kinds.push(kind),
    onProgress: () => undefined,
    timers: { delay: async () => undefined, nowMs: () => 0 },
  });
  expect(kinds).toEqual(['recovering', 'running', 'paused', 'recovering', 'running', 'released']);
  expect(contents.applied?.offset).toBe(journal.length);
});

/** Has opening fail in one way or another until it has failed often enough, and tells all that was told of it. */
const openingFails = async (error: Error, failures: number) => {
  const controller = new AbortController();
  const told: PartitionCondition[] = [];
  const delaysMs: number[] = [];
  let opened = 0;
  const contents = { ...emptyContents(), journal: [...journal] };
  const ended = runPartition(core, {
    partition: 0,
    openPorts: async () => {
      opened += 1;
      if (opened <= failures) throw error;
      controller.abort();
      return { ...makeMemoryStore(contents, core.compareSubscribers), close: async () => undefined } as never;
    },
    confirmed: async () => undefined,
    signal: controller.signal,
    options: { ...liveDefaults, onPublished: () => undefined, onOutcome: () => undefined },
    onCondition: (condition) => {
      told.push(condition);
      if (condition.kind === 'stopped') setImmediate(() => controller.abort());
    },
    onProgress: () => undefined,
    timers: { delay: async (ms) => void delaysMs.push(ms), nowMs: () => 0 },
  });
  await ended;
  return { opened, delaysMs, whys: told.flatMap((condition) => ('why' in condition ? [condition.why] : [])), told };
};

test.each([
  { error: new Doubt('another has taken over'), why: 'another may have taken over' },
  { error: new InfrastructureError('Redis does not answer'), why: 'a server does not answer' },
])('what passes is tried again, later each time: $why', async ({ error }) => {
  const { opened, delaysMs, whys } = await openingFails(error, 8);
  expect(opened).toBe(9);
  expect(delaysMs).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000]);
  expect(whys).toEqual(Array.from({ length: 8 }, () => error.message));
});

test.each([
  {
    error: new PartitionStopped('it is not the same log'),
    says: /^it is not the same log$/,
    why: 'somebody must decide',
  },
  { error: new TypeError('x is undefined'), says: /^this is a bug: TypeError: x is undefined\n +at /, why: 'a bug' },
])('what does not pass stops the partition, once and for good, and says why: $why', async ({ error, says }) => {
  const { opened, whys, told } = await openingFails(error, Number.POSITIVE_INFINITY);
  expect(opened).toBe(1);
  expect(whys).toEqual([expect.stringMatching(says)]);
  expect(told.map(({ kind }) => kind)).toEqual(['recovering', 'stopped', 'released']);
});
