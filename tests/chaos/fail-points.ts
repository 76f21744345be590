import type { Change } from '../weaving/weaving.ts';

/** A place in the midst of a service's work at which it can be made to fail. */
export type FailPoint = {
  readonly name: string;
  readonly service: 'engine' | 'intake' | 'clock';
  readonly change: Change;
};

type Put = (place: string, pass: string) => string;

const before: Put = (place, pass) => `${pass} ${place}`;
const behind: Put = (place, pass) => `${place} ${pass}`;
const beforeIf =
  (condition: string): Put =>
  (place, pass) =>
    `if (${condition}) ${pass} ${place}`;
const behindIf =
  (condition: string): Put =>
  (place, pass) =>
    `${place} if (${condition}) ${pass}`;

/** Points of one service: woven in where a place of a file is, whose lines stay where they are. */
const pointsOf =
  (service: FailPoint['service']) =>
  (name: string, file: string, put: Put, find: string): FailPoint => ({
    name,
    service,
    change: { file, find, replace: put(find, `await failPoint('${name}');`) },
  });

const inEngine = pointsOf('engine');
const inIntake = pointsOf('intake');
const inClock = pointsOf('clock');

const partition = 'runtime/src/partition.ts';
const oneLog = 'runtime/src/partition/one-log.ts';
const log = 'runtime/src/kafka/kafka-log.ts';
const transactions = 'runtime/src/kafka/transactions.ts';
const states = 'runtime/src/redis/redis-states.ts';
const take = 'intake/src/take-records.ts';

const sendMulti = 'sendTogether(session, [...multi, watchCommand(keys), markCommand(keys)])';

/** What was sent fails by itself, also while nobody waits for it yet. */
const onTheWay: Put = (place, pass) =>
  `(async (sent) => { sent.catch(() => undefined); ${pass} return sent; })(${place})`;

/** Behind a promise, once it has resolved. */
const onceDone: Put = (place, pass) => `${place}.then(async () => { ${pass} })`;
const onceDoneIf =
  (condition: string): Put =>
  (place, pass) =>
    onceDone(place, `if (${condition}) ${pass}`);

const inLoop: Put = (place, pass) => `{ ${pass} ${place} }`;

/** A piece is settled once it is published too. */
const betweenPieces: Put = (place, pass) => behind(place, `await landed(); ${pass}`);

/** Every point, in the order in which a partition, a batch or a tick comes to it. */
export const failPoints: readonly FailPoint[] = [
  // The states' token is taken, C is not read.
  inEngine('taken', oneLog, before, 'const committed = await log.receipt();'),
  inEngine('fencing', log, before, 'await fence();'),
  // The transactional id is taken, C is not read yet.
  inEngine('fenced', log, behind, 'await fence();'),
  // There is no receipt, and each topic of outputs is looked at: nothing may have been said.
  inEngine('first-start', log, inLoop, 'await refuseForgotten(topic)'),
  inEngine('receipt-read', oneLog, before, 'const applied = await states.applied();'),
  // R is read, nothing is folded.
  inEngine('applied-read', oneLog, before, 'const isAtLeast ='),
  // In the midst of folding again: each record passes, before it is folded.
  inEngine('recovering', partition, beforeIf('isAgain'), 'const now = core.nowAfter(header, record);'),
  inEngine('recovered', partition, behind, 'await recover();'),
  // A step is folded, and nothing of it published. What says nothing does not pass.
  inEngine('folded', partition, beforeIf('outputs.length > 0'), 'const receipt = receiptNow();'),
  // A transaction is begun, and nothing of it is sent.
  inEngine('begun', transactions, behind, 'await onceFree({ question, passing: notYet }, pause);'),
  // A broker has taken its part of what is sent, and it is not known yet.
  inEngine('sent', transactions, before, 'return undefined;'),
  // Outputs and receipt are sent, and not committed.
  inEngine(
    'in-transaction',
    transactions,
    before,
    'await (await coordinator()).endTxn({ ...identity, transactionResult: true }',
  ),
  // The commit is acknowledged, and the worker does not know.
  inEngine('committed', log, behind, 'topic: named(topic), message })));'),
  inEngine('published', partition, onceDoneIf('outputs.length > 0'), '.then(() => options.onPublished(outputs))'),
  inEngine('before-apply', states, behind, 'await lastWrite;'),
  // MULTI is sent, and not answered.
  inEngine('applying', states, onTheWay, sendMulti),
  inEngine('applied', states, onceDone, 'packed.commands(text), { epoch, header }, place)'),
  // Before each piece of an activation.
  inEngine('rearming', 'runtime/src/partition/rearm.ts', before, 'const found = await states.scan('),
  // Behind each whole piece of what fell due at once.
  inEngine('settling', partition, betweenPieces, '      await publish();\n      await applyIfMuch();'),
  // The partition is given up, and not flushed for the last time.
  inEngine('releasing', 'runtime/src/partition-worker.ts', before, 'await partition.flush();'),
  // Dead letters are written; the journal is not, nor the offset of their source.
  inIntake('dead-lettered', take, behindIf('letters.size > 0'), 'await writeLetters([...letters.keys()], options);'),
  // The journal is written, and the offset of its source is not.
  inIntake('written', take, behindIf('events.size > 0'), '[...events.keys()]);'),
  inIntake(
    'offsets-committed',
    'runtime/src/kafka/source-consumer.ts',
    behind,
    'await commitOffsetsIfNecessary(offsetsAfter(topic, partition, last));',
  ),
  inClock('ticked', 'clock/src/main.ts', behind, 'await writer.write(partition, tickText(Date.now()));'),
];
