import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { connectRedis, type RedisConnection } from '../../packages/runtime/src/redis/connection.ts';
import { redisForTests } from '../servers/servers.ts';

/** A prefix that no other test writes under. */
export const ownPrefix = (): string => `alo-test-${randomUUID()}`;

export const settingsOf = (url: string) => ({ REDIS_URL: url, REDIS_KEY_PREFIX: 'alo' });

/** A connection that can be used. */
export const connected = async (url?: string): Promise<RedisConnection> => {
  const connection = connectRedis(settingsOf(url ?? (await redisForTests()).url), { name: 'test' });
  await connection.whenReady(10_000);
  return connection;
};

/** Uses a plain client beside what is tested. */
export const asking = async <Result>(url: string, ask: (client: Redis) => Promise<Result>): Promise<Result> => {
  const client = new Redis(url, { maxRetriesPerRequest: 0, retryStrategy: () => null });
  client.on('error', () => undefined);
  try {
    return await ask(client);
  } finally {
    client.disconnect();
  }
};

/** Deletes all keys under a prefix. */
export const removeKeys = async (client: Redis, prefix: string): Promise<void> => {
  for await (const keys of client.scanStream({ match: `${prefix}*`, count: 1000 })) {
    if (keys.length > 0) await client.unlink(keys);
  }
};
