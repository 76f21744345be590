import { InfrastructureError } from '@alo/runtime';
import { connectRedis, type RedisConnection, type RedisSettings } from '@alo/runtime/live';

const readyWithinMs = 3000;

/** Connects to Redis for one command. Rejects with InfrastructureError, naming the reason, where it does not answer. */
export const openRedis = async (settings: RedisSettings): Promise<RedisConnection> => {
  const connection = connectRedis(settings, { name: 'alo-cli' });
  try {
    await connection.whenReady(readyWithinMs);
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
};

/** Connects to Redis where that is told and it answers; else undefined, and `onMissing` is told why. */
export const openRedisIfThere = async (
  settings: Omit<RedisSettings, 'REDIS_URL'> & { readonly REDIS_URL?: string | undefined },
  onMissing: (why: string) => void,
): Promise<RedisConnection | undefined> => {
  const { REDIS_URL } = settings;
  if (REDIS_URL === undefined) return undefined;
  try {
    return await openRedis({ ...settings, REDIS_URL });
  } catch (error) {
    if (!(error instanceof InfrastructureError)) throw error;
    onMissing(error.message);
    return undefined;
  }
};
