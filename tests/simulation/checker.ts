import { messageOf } from '../../packages/runtime/src/kafka/messages.ts';
import type { Applied } from '../../packages/runtime/src/ports.ts';
import { nothingSaid, type Said } from '../../packages/runtime/src/publishable.ts';
import { keysOf } from '../../packages/runtime/src/redis/partition-keys.ts';
import { readStored } from '../../packages/runtime/src/redis/stored-value.ts';
import type { Broker } from './kafka/broker.ts';
import type { PartitionLog } from './kafka/partition-log.ts';
import type { Plan } from './plan.ts';
import type { RedisServer } from './redis/server.ts';
import type { Reference } from './reference.ts';
import { type Expected, expectedOf, foldOf, publisherIn, receiptsOf } from './said-so-far.ts';

/** What a run has left. */
export type Left = {
  readonly plan: Plan;
  readonly broker: Broker;
  readonly redis: RedisServer;
  /** Of each partition, the numbers of outputs of which an engine was told that they are published. */
  readonly told: ReadonlyMap<number, readonly number[]>;
  /** Of each partition whose journal has lost its end, how much had been said until then. */
  readonly saidAtCut: ReadonlyMap<number, number>;
};

/**
 * How a partition has ended: at the end of its journal; stopped on the way, as it must be; or after the broker has made
 * an abort of a commit, which is beyond all that is promised.
 */
export type Ending = 'caught-up' | 'stopped' | 'beyond';

type Content = { readonly key?: unknown; readonly value: unknown; readonly headers?: unknown };

const textOf = (value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString() : value);

const contentOf = ({ key, value, headers }: Content): string => JSON.stringify([key, textOf(value), headers]);

/**
 * What is known of a dead letter by its digest: not the bytes of its record. Where a journal has lost its end, another
 * record may stand there that was refused for the same reason.
 */
const digestedOf = (content: Content): string => {
  const { code, offset } = (content.headers ?? {}) as { code?: unknown; offset?: unknown };
  return content.key === null ? JSON.stringify([code, offset]) : contentOf(content);
};

/** What a reader of committed records finds in a topic against what must be there, in order. */
const topicProblem = (
  log: PartitionLog,
  contents: readonly Content[],
  shown: (content: Content) => string,
): string | undefined => {
  const expected = contents.map(shown);
  if (log.stable() !== log.end())
    return `${log.name} is open from ${log.stable()} on: whoever reads committed waits for good`;
  const found = log.committed().map(({ message }) => shown(message as Content));
  const n = expected.findIndex((content, at) => content !== found[at]);
  if (n !== -1) return `${log.name} holds as output ${n} ${found[n] ?? 'nothing'}, and not ${expected[n]}`;
  if (found.length > expected.length)
    return `${log.name} holds ${found.length - expected.length} more than ${expected.length}: ${found[expected.length]}`;
  return undefined;
};

const outputProblem = (
  { broker, saidAtCut }: Left,
  partition: number,
  expected: readonly Expected[],
): string | undefined => {
  const messages = expected.map(({ published }) => messageOf(published, partition));
  for (const log of broker.outputLogs(partition)) {
    const own = messages.filter(({ topic }) => `${topic}/${partition}` === log.name);
    const problem = topicProblem(
      log,
      own.map(({ message }) => message as Content),
      saidAtCut.has(partition) ? digestedOf : contentOf,
    );
    if (problem) return problem;
  }
  return undefined;
};

const receiptProblem = (left: Left, partition: number, expected: readonly Expected[]): string | undefined => {
  let before = 0;
  for (const { count, digest, offset } of receiptsOf(left.broker, partition)) {
    const said = expected[count - 1]?.said;
    if (count <= before) return `the receipt of ${count} outputs comes after one of ${before}`;
    if (said?.digest !== digest)
      return `the receipt at offset ${offset} tells of ${count} outputs by a digest that is not theirs`;
    before = count;
  }
  return undefined;
};

const toldProblem = ({ told }: Left, partition: number, count: number): string | undefined => {
  const early = (told.get(partition) ?? []).find((number) => number >= count);
  return early === undefined ? undefined : `an engine was told that output ${early} is published, and ${count} are`;
};

const appliedIn = ({ redis }: Left, partition: number): Applied | undefined => {
  const text = redis.keyspace.strings.get(keysOf({ prefix: 'alo', partition }).header);
  return text && JSON.parse(String(text));
};

const markProblem = (left: Left, partition: number, reference: Reference, last: Expected | undefined) => {
  const applied = appliedIn(left, partition);
  const end = left.broker.journal(partition).end();
  if (applied?.offset !== end || applied.step !== 0)
    return `R is ${applied?.offset}/${applied?.step}, and the journal ends at ${end}`;
  if (applied.rearmedUpTo !== undefined) return 'R says that not all are re-armed';
  if (applied.count !== (last?.published.number ?? -1) + 1) return `R knows of ${applied.count} outputs`;
  if (applied.digest !== (last?.said.digest ?? '')) return 'R has another digest than all outputs';
  return applied.header === reference.header
    ? undefined
    : `R holds the header ${applied.header}, not ${reference.header}`;
};

const stateProblem = ({ redis }: Left, partition: number, { states }: Reference): string | undefined => {
  const keys = keysOf({ prefix: 'alo', partition });
  const index = redis.keyspace.sortedSets.get(keys.due);
  const names = [...redis.keyspace.strings.keys()].filter((key) => key.startsWith(keys.subscribers));
  if (names.length !== states.size) return `there are ${names.length} subscribers, and not ${states.size}`;
  for (const [subscriber, { value, dueAt }] of states) {
    const bytes = redis.keyspace.strings.get(keys.subscribers + subscriber);
    const stored = bytes && readStored(bytes);
    if (!stored || !value.equals(stored.value)) return `${subscriber} has another state than the fold gives`;
    if (stored.dueAt !== dueAt) return `${subscriber} is due at ${stored.dueAt}, and not at ${dueAt}`;
    const score = index?.get(subscriber);
    // Too early is harmless: who is woken without cause is indexed anew.
    if (dueAt !== undefined && !(score !== undefined && score <= dueAt))
      return `the index has ${subscriber} at ${score}, and not at ${dueAt}`;
  }
  return undefined;
};

/** What was said of records that are gone stays; nothing more may be said. */
const cutProblem = ({ saidAtCut }: Left, partition: number, committed: number): string | undefined => {
  const before = saidAtCut.get(partition);
  return committed === before
    ? undefined
    : `${before} outputs had been said when the journal was cut, and ${committed} are`;
};

/** What is wrong with a partition at the end of a run, in a sentence; undefined where all is as it must be. */
export const problemIn = (left: Left, partition: number, ending: Ending): string | undefined => {
  if (ending === 'beyond') return undefined;
  const receipts = receiptsOf(left.broker, partition);
  const fold = foldOf(left.plan, left.broker, partition);
  const all = expectedOf(fold, publisherIn(receipts));
  const committed = receipts.at(-1)?.count ?? 0;
  const expected = ending === 'caught-up' ? all : all.slice(0, committed);
  if (ending === 'stopped' && left.saidAtCut.has(partition)) return cutProblem(left, partition, committed);
  return (
    outputProblem(left, partition, expected) ??
    receiptProblem(left, partition, all) ??
    toldProblem(left, partition, committed) ??
    (ending === 'caught-up'
      ? (markProblem(left, partition, fold.by('one'), all.at(-1)) ?? stateProblem(left, partition, fold.by('one')))
      : undefined)
  );
};

/** How much R knows of, of the outputs of a partition, and by which digest. */
export const appliedSaid = (left: Left, partition: number): Said => {
  const { count, digest } = appliedIn(left, partition) ?? nothingSaid;
  return { count, digest };
};
