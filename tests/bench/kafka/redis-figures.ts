import { connectRedis } from '@alo/runtime/live';

/** What Redis tells of itself: its process, and what its keys take in memory. */
export const redisFigures = async (
  url: string,
  prefix = '',
): Promise<{ readonly pid: number; readonly bytesAdded: number; readonly subscribers: number }> => {
  const connection = connectRedis({ REDIS_URL: url, REDIS_KEY_PREFIX: 'bench' }, { name: 'bench' });
  try {
    await connection.whenReady(5000);
    const server = await connection.redis.info('server');
    const memory = await connection.redis.info('memory');
    const numberIn = (text: string, name: string) => Number(new RegExp(`${name}:(\\d+)`).exec(text)?.[1] ?? 0);
    const due = await connection.redis.keys(`${prefix}:*:due`);
    const keys = await connection.redis.dbsize();
    return {
      pid: numberIn(server, 'process_id'),
      bytesAdded: numberIn(memory, 'used_memory_dataset'),
      subscribers: keys - due.length * 3,
    };
  } finally {
    await connection.close();
  }
};
