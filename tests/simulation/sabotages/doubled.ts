import { gone, once, overtaken, type Sabotage, sabotagesOf, torn } from './sabotage.ts';

const inPartition = sabotagesOf('runtime/src/partition.ts');
const inWorker = sabotagesOf('runtime/src/partition-worker.ts');
const inEngine = sabotagesOf('runtime/src/engine.ts');
const inLog = sabotagesOf('runtime/src/kafka/kafka-log.ts');
const inStates = sabotagesOf('runtime/src/redis/redis-states.ts');
const inOwnership = sabotagesOf('runtime/src/redis/ownership.ts');
const inWrite = sabotagesOf('runtime/src/redis/packed-write.ts');
const inOrder = sabotagesOf('runtime/src/redis/call-order.ts');

/** A safeguard beside which others stand that hold alone, and why it stays. */
export type Doubled = Sabotage & { readonly why: string };

const writeLook = `  if (!isAsExpected(answers.at(-1), expected)) throw doubtOf(place);
};`;

const lateIndex = `      ...due.commands('ZADD', keys.due),\n`;

/** What can be switched off in this world, and nothing is missed. */
export const doubled: readonly Doubled[] = [
  { ...inWrite('the index moves no place to a later one', lateIndex, ''), why: '' },
  {
    ...inOwnership(
      'the token of an owner is always the same',
      'const epoch = randomUUID();',
      `const epoch = 'owner';`,
      overtaken,
    ),
    why: '',
  },
  { ...inWrite('who has left the index stays in it', `      ...notDue.commands('ZREM', keys.due),\n`, ''), why: '' },
  { ...inStates('R and its owner are not looked at behind a write', writeLook, '};', overtaken), why: '' },
  { ...inOrder('a call goes on after one that failed', 'if (failure) throw failure;', ''), why: '' },
  {
    ...inWorker('nobody waits for a heartbeat before it recovers', 'await confirmed(signal);', '', overtaken),
    why: '',
  },
  {
    ...inEngine('a worker does not wait for the one before it', 'done: before.then(work)', 'done: work()', overtaken),
    why: '',
  },
  { ...inPartition('what was loaded before a write passes for new', 'if (asked !== drains) return;', ''), why: '' },
  {
    ...inPartition(
      'the marks of values are ignored while all are re-armed',
      'if (standsAt > position.offset) return standAt(subscriber, standsAt);',
      '',
      torn,
    ),
    why: '',
  },
  {
    ...inPartition(
      'states that know of outputs pass without a receipt',
      '!committed && applied && applied.count > 0',
      'false',
      once('receipts-lost'),
    ),
    why: '',
  },
  {
    ...inLog(
      'a journal whose head is gone is begun in the middle',
      'if (fromOffset < first)',
      'if (false)',
      once('head-gone'),
    ),
    why: '',
  },
  {
    ...inLog('a journal that ends before R passes', 'if (fromOffset > end)', 'if (false)', once('journal-cut')),
    why: '',
  },
  {
    ...inPartition(
      'a restart folds again from far behind',
      'if (position.offset - appliedOffset > options.recordsMax / 10) await apply();',
      '',
      gone,
    ),
    why: '',
  },
];
