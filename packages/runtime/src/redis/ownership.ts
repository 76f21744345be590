import { randomUUID } from 'node:crypto';
import type { Command } from 'ioredis';
import { Doubt, PartitionStopped } from '../errors.ts';
import { bytesCommand, type Session, sendTogether, textCommand } from './commands.ts';
import type { PartitionKeys, PartitionPlace } from './partition-keys.ts';
import { decodeApplied } from './stored-header.ts';

/** What an owner expects to find: its own token, and R as it was last read or written. */
export type Expected = { readonly epoch: Buffer; readonly header: Buffer | undefined };

export const doubtOf = ({ partition }: PartitionPlace): Doubt =>
  new Doubt(`the states of partition ${partition} in Redis are not as this engine left them: another has taken over`);

export const markCommand = ({ epoch, header }: PartitionKeys): Command => bytesCommand('MGET', epoch, header);

/** From its answer on, EXEC writes nothing once another has written the token or R. */
export const watchCommand = ({ epoch, header }: PartitionKeys): Command => textCommand('WATCH', epoch, header);

/** Does what `markCommand` brought stand as the owner left it? */
export const isAsExpected = (mark: unknown, expected: Expected): boolean => {
  const [epoch, header] = mark as [Buffer | null, Buffer | null];
  return epoch?.equals(expected.epoch) === true && isSame(header ?? undefined, expected.header);
};

const isSame = (a: Buffer | undefined, b: Buffer | undefined): boolean =>
  a === undefined || b === undefined ? a === b : a.equals(b);

const refuseForeignTypes = (keys: PartitionKeys, types: readonly unknown[]): void => {
  const wanted = [
    [keys.epoch, 'string'],
    [keys.header, 'string'],
    [keys.due, 'zset'],
  ] as const;
  wanted.forEach(([key, type], n) => {
    if (types[n] === 'none' || types[n] === type) return;
    throw new PartitionStopped(
      `the Redis key ${key} is a ${types[n]}, and was not written by alo: give another REDIS_KEY_PREFIX`,
    );
  });
};

/** Looks before anything is written: keys of another program stay as they are. */
const refuseForeign = async (session: Session, keys: PartitionKeys): Promise<void> => {
  const typed = [keys.epoch, keys.header, keys.due].map((key) => textCommand('TYPE', key));
  const answers = await sendTogether(session, [textCommand('UNWATCH'), ...typed, markCommand(keys)]);
  refuseForeignTypes(keys, answers.slice(1, -1));
  const [, header] = answers.at(-1) as [unknown, Buffer | null];
  if (header !== null) decodeApplied(keys.header, header.toString());
};

/**
 * Makes this engine the owner: a token that was never there before, and cannot come back with a restored copy. Whoever
 * owned the partition writes nothing from now on. Tells what there is of R.
 */
export const takeOwnership = async (
  session: Session,
  place: PartitionPlace,
  keys: PartitionKeys,
): Promise<Expected> => {
  await refuseForeign(session, keys);
  const epoch = randomUUID();
  const answers = await sendTogether(session, [
    textCommand('SET', keys.epoch, epoch),
    watchCommand(keys),
    markCommand(keys),
  ]);
  const [, header] = answers[2] as [unknown, Buffer | null];
  const expected = { epoch: Buffer.from(epoch), header: header ?? undefined };
  if (!isAsExpected(answers[2], expected)) throw doubtOf(place);
  if (header !== null) decodeApplied(keys.header, header.toString());
  return expected;
};
