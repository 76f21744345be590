import type { Applied } from '../ports.ts';
import { bytesCommand, sendTogether, sessionOf } from './commands.ts';
import type { RedisConnection } from './connection.ts';
import { keysOf, type PartitionPlace } from './partition-keys.ts';
import { decodeApplied } from './stored-header.ts';

/**
 * R of a partition, as one sees it who does not own it; undefined where nothing was ever applied. Rejects with
 * InfrastructureError where Redis does not answer, and with PartitionStopped where the key is another program's.
 */
export const readApplied = async (connection: RedisConnection, place: PartitionPlace): Promise<Applied | undefined> => {
  const { header } = keysOf(place);
  const [answer] = await sendTogether(sessionOf(connection), [bytesCommand('GET', header)]);
  return answer === null ? undefined : decodeApplied(header, String(answer));
};
