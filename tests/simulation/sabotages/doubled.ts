import { gone, once, overtaken, type Sabotage, sabotagesOf, torn } from './sabotage.ts';

const inPartition = sabotagesOf('runtime/src/partition.ts');
const inOneLog = sabotagesOf('runtime/src/partition/one-log.ts');
const inRearm = sabotagesOf('runtime/src/partition/rearm.ts');
const inRows = sabotagesOf('runtime/src/partition/subscriber-rows.ts');
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

const held = (sabotage: Sabotage, why: string): Doubled => ({ ...sabotage, why });

const wakesTooOften = 'who is woken without cause is indexed anew; but no recovery could be verified any more';

/** What can be switched off in this world, and nothing is missed. */
export const doubled: readonly Doubled[] = [
  held(inWrite('the index moves no place to a later one', lateIndex, ''), wakesTooOften),
  held(
    inWrite('who has left the index stays in it', `      ...notDue.commands('ZREM', keys.due),\n`, ''),
    wakesTooOften,
  ),
  held(
    inOwnership(
      'the token of an owner is always the same',
      'const epoch = randomUUID();',
      `const epoch = '1';`,
      overtaken,
    ),
    'R is compared too; but a restored copy may hold the same R for another owner',
  ),
  held(
    inStates('R and its owner are not looked at behind a write', writeLook, '};', overtaken),
    'a live engine reads the due index after each write, and that is compared',
  ),
  held(
    inOrder('a call goes on after one that failed', 'if (failure) throw failure;', '', gone),
    'the worker throws a partition away at the first failure, with all that hangs on it',
  ),
  held(
    inWorker('nobody waits for a heartbeat before it recovers', 'await confirmed(signal);', '', overtaken),
    'nothing is lost by it; but whoever was left out would fence the owner again and again',
  ),
  held(
    inEngine('a worker does not wait for the one before it', 'done: before.then(work)', 'done: work()', overtaken),
    'the later one fences the earlier; but both would write, and one in vain',
  ),
  held(
    inRows('what was loaded before a write passes for new', 'if (asked !== atHand.drains()) return;', ''),
    'live engines load nothing ahead of its turn; alo run does',
  ),
  held(
    inRearm(
      'the marks of values are ignored while all are re-armed',
      'if (torn.meet(subscriber, { standsAt })) return undefined;',
      '',
      torn,
    ),
    'an activation writes R: what stands ahead of R never stands behind an activation that R does not know',
  ),
  held(
    inOneLog(
      'states that know of outputs pass without a receipt',
      '!committed && applied && applied.count > 0',
      'false',
      once('receipts-lost'),
    ),
    'the log refuses outputs without a receipt; but they may be gone with it',
  ),
  held(
    inLog('a journal whose head is gone is begun in the middle', 'fromOffset < first', 'false', once('head-gone')),
    'Kafka gives nothing from before the head; but it does not say why in a sentence',
  ),
  held(
    inLog('a journal that ends before R passes', 'fromOffset > end', 'false', once('journal-cut')),
    'Kafka gives nothing from behind the end; but it does not say why in a sentence',
  ),
  held(
    inPartition(
      'a restart begins far behind again',
      'if (progress.offset() - appliedOffset > options.recordsMax / 10) await apply();',
      '',
      gone,
    ),
    'nothing is lost by it but time',
  ),
];
