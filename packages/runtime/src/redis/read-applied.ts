import type { Applied } from '../ports.ts';
import { bytesCommand, sendTogether, sessionOf } from './commands.ts';
import type { RedisConnection } from './connection.ts';
import { keysOf, type PartitionPlace } from './partition-keys.ts';
import { faultOf } from './redis-faults.ts';
import { decodeApplied } from './stored-header.ts';

/**
 * R of a partition, as one sees it who does not own it; undefined where nothing was ever applied. Rejects with
 * InfrastructureError where Redis does not answer, and with PartitionStopped where the key is another program's.
 */
export const readApplied = async (
  { redis, shown }: RedisConnection,
  place: PartitionPlace,
): Promise<Applied | undefined> => {
  const { header } = keysOf(place);
  const [answer] = await sendTogether(sessionOf(redis), [bytesCommand('GET', header)]).catch((error) => {
    throw faultOf(error, shown);
  });
  return answer === null ? undefined : decodeApplied(header, String(answer));
};
