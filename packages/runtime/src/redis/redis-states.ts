import type { Command } from 'ioredis';
import { PartitionStopped } from '../errors.ts';
import type { Change, States, Stored } from '../ports.ts';
import { makeCallOrder, type Sent } from './call-order.ts';
import { type Session, sendTogether, sessionOf, textCommand } from './commands.ts';
import type { RedisConnection } from './connection.ts';
import { dueCommand, dueOf } from './due-script.ts';
import { type KeySweep, sweepKeys } from './key-sweep.ts';
import { doubtOf, type Expected, isAsExpected, markCommand, takeOwnership, watchCommand } from './ownership.ts';
import { makePackedLoad } from './packed-load.ts';
import { makePackedWrite, type PackedWrite } from './packed-write.ts';
import { keysOf, type PartitionKeys, type PartitionPlace } from './partition-keys.ts';
import { makePool } from './pool.ts';
import { wholeStored } from './read-subscriber.ts';
import { faultOf } from './redis-faults.ts';
import { decodeApplied, encodeApplied } from './stored-header.ts';

/** Whose connection it is: what is watched is the connection's, and would let through a write of who had it before. */
const holders = new WeakMap<RedisConnection['redis'], symbol>();

/**
 * The states of one partition in Redis, for one ownership: `applied` takes it, and comes first. Whatever fails, throw
 * this away and open another. No two subscribers of one write may be the same.
 */
export const openRedisStates = (connection: RedisConnection, place: PartitionPlace): States => {
  const keys = keysOf(place);
  const inOrder = makeCallOrder();
  const writes = makePool(() => makePackedWrite(keys));
  const loads = makePool(() => makePackedLoad(keys));
  const holder = Symbol();
  let owner: (Expected & { readonly session: Session }) | undefined;
  let lastWrite: Promise<void> = Promise.resolve();
  let sweep: KeySweep | undefined;

  const owned = () => {
    if (!owner) throw new Error('who has not asked for R does not own the partition');
    if (holders.get(connection.redis) !== holder) throw doubtOf(place);
    return owner;
  };

  /** Reads, and then looks whether it is still the owner of all that was read. */
  const read = async (commands: readonly Command[]): Promise<readonly unknown[]> => {
    const { session, ...expected } = owned();
    const answers = await sendTogether(session, [...commands, markCommand(keys)]);
    if (!isAsExpected(answers.at(-1), expected)) throw doubtOf(place);
    return answers.slice(0, -1);
  };

  const loaded = async (subscribers: readonly string[]) => {
    const packed = loads.take();
    packed.fill(subscribers);
    const answers = await read(packed.commands());
    loads.giveBack(packed);
    return answers.flatMap((values) => storedOf(keys, values));
  };

  const take = async () => {
    const session = sessionOf(connection);
    holders.set(connection.redis, holder);
    owner = { session, ...(await takeOwnership(session, place, keys)) };
  };

  /** Sent once the write before it has landed, and the look behind that one has found all as it was left. */
  const write = async (packed: PackedWrite, header: Buffer): Promise<Sent<void>> => {
    await lastWrite;
    const { session, epoch } = owned();
    owner = { session, epoch, header };
    const text = header.toString();
    const answer = writeAndWatch(session, keys, packed.commands(text), { epoch, header }, place);
    lastWrite = answer.then(() => writes.giveBack(packed));
    lastWrite.catch(() => undefined);
    return { answer };
  };

  return {
    applied: () =>
      inOrder(async () => {
        if (owner) await read([]);
        else await take();
        const { header } = owned();
        return { answer: Promise.resolve(header && decodeApplied(keys.header, header.toString())) };
      }),
    load: async (subscribers) =>
      subscribers.length === 0 ? [] : inOrder(async () => ({ answer: loaded(subscribers) })),
    dueAfter: (after, most) =>
      inOrder(async () => ({ answer: read([dueCommand(keys.due, after, most)]).then(([due]) => dueOf(due)) })),
    scan: (after, most) =>
      inOrder(async () => {
        sweep ??= await sweepKeys(owned().session, keys.subscribers);
        const names = sweep.after(after, most);
        if (names.length < most) sweep = undefined;
        return { answer: loaded(names).then((stored) => changesOf(keys, names, stored)) };
      }),
    apply: async (changes, applied) => {
      const packed = writes.take();
      const subscribers = packed.fill(changes, applied.offset);
      const header = Buffer.from(encodeApplied(applied));
      return inOrder(async () => {
        if (sweep && !subscribers.every(sweep.has)) sweep = undefined;
        return write(packed, header);
      });
    },
  };
};

/** Writes all or nothing, and watches from then on that nobody else does. */
const writeAndWatch = async (
  session: Session,
  keys: PartitionKeys,
  commands: readonly Command[],
  expected: Expected,
  place: PartitionPlace,
): Promise<void> => {
  const multi = [textCommand('MULTI'), ...commands, textCommand('EXEC')];
  const answers = await sendTogether(session, [...multi, watchCommand(keys), markCommand(keys)]);
  const written = answers.at(-3) as readonly unknown[] | null;
  if (written === null) throw doubtOf(place);
  const failed = written.find((answer) => answer instanceof Error);
  if (failed) throw faultOf(failed, session.shown);
  if (!isAsExpected(answers.at(-1), expected)) throw doubtOf(place);
};

const storedOf = ({ subscribers: prefix }: PartitionKeys, values: unknown): (Stored | undefined)[] =>
  (values as (Buffer | null)[]).map((bytes) => (bytes === null ? undefined : wholeStored(bytes, prefix)));

const changesOf = (
  { subscribers: prefix }: PartitionKeys,
  names: readonly string[],
  stored: readonly (Stored | undefined)[],
): Change[] =>
  names.map((subscriber, n) => {
    const found = stored[n];
    if (found) return { subscriber, ...found };
    throw new PartitionStopped(
      `a Redis key below ${prefix} has gone while all were read: does Redis evict keys, or does another program use them?`,
    );
  });
