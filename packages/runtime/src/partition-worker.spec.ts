import { expect, test } from '@jest/globals';
import { countingCore, journalOf } from './counting-core.ts';
import { InfrastructureError } from './errors.ts';
import { emptyContents, makeMemoryStore } from './memory/memory-store.ts';
import { liveDefaults, runPartition } from './partition-worker.ts';
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
