import { PartitionStopped } from '../errors.ts';
import type { Applied, Stored } from '../ports.ts';
import { bytesCommand, sendTogether, sessionOf } from './commands.ts';
import type { RedisConnection } from './connection.ts';
import { keysOf, type PartitionPlace } from './partition-keys.ts';
import { decodeApplied } from './stored-header.ts';
import { readStored } from './stored-value.ts';

/** What Redis holds of a subscriber, and how far its partition is. */
export type ReadSubscriber = { readonly applied: Applied | undefined; readonly stored: Stored | undefined };

/**
 * Looks at one subscriber, beside whoever owns the partition. Rejects with InfrastructureError where Redis does not
 * answer, and with PartitionStopped where the keys are another program's.
 */
export const readSubscriber = async (
  connection: RedisConnection,
  place: PartitionPlace,
  subscriber: string,
): Promise<ReadSubscriber> => {
  const keys = keysOf(place);
  const both = bytesCommand('MGET', keys.header, keys.subscribers + subscriber);
  const [answer] = await sendTogether(sessionOf(connection), [both]);
  const [header, value] = answer as [Buffer | null, Buffer | null];
  return {
    applied: header === null ? undefined : decodeApplied(keys.header, header.toString()),
    stored: value === null ? undefined : wholeStored(value, keys.subscribers),
  };
};

/** A value of this alo's. Throws PartitionStopped, naming no subscriber, where it is none. */
export const wholeStored = (bytes: Buffer, prefix: string): Stored => {
  const stored = readStored(bytes);
  if (stored) return stored;
  throw new PartitionStopped(`a Redis key below ${prefix} was not written by alo: give another REDIS_KEY_PREFIX`);
};
