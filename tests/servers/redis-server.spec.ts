import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { describeWithServers, serversMsMax } from './describe-with-servers.ts';
import { isAlive } from './processes.ts';
import { type RedisServer, startRedis } from './redis-server.ts';

/** Asks one thing over a connection of its own. */
const ask = async <T>(url: string, question: (client: Redis) => Promise<T>): Promise<T> => {
  const client = new Redis(url, { maxRetriesPerRequest: 0, retryStrategy: () => null });
  client.on('error', () => undefined);
  try {
    return await question(client);
  } finally {
    client.disconnect();
  }
};

describeWithServers(['own redis'], 'a Redis of a test', () => {
  let redis: RedisServer;
  const read = () => ask(redis.url, (client) => client.get('tier'));

  beforeAll(async () => {
    redis = await startRedis({ args: ['--maxmemory', '50mb'] });
  }, serversMsMax);
  afterAll(() => redis?.remove());

  test.each([
    { setting: 'appendonly', value: 'yes' },
    { setting: 'appendfsync', value: 'everysec' },
    { setting: 'maxmemory', value: String(50 * 1024 * 1024) },
    { setting: 'bind', value: '127.0.0.1' },
  ])('runs with $setting $value', async ({ setting, value }) => {
    expect(await ask(redis.url, (client) => client.config('GET', setting))).toEqual([setting, value]);
  });

  test('has after a kill, on the same port, what was written before', async () => {
    await ask(redis.url, (client) => client.set('tier', 'gold'));
    const before = redis.pid();
    await redis.kill();
    expect(isAlive(before)).toBe(false);
    expect(redis.pid()).toBeUndefined();
    await redis.start();
    expect(redis.pid()).not.toBe(before);
    expect(await read()).toBe('gold');
  });

  test('stops by itself, and has all of it when it starts again', async () => {
    await redis.stop();
    expect(redis.pid()).toBeUndefined();
    await redis.start();
    expect(await read()).toBe('gold');
  });

  test('stops though it is paused', async () => {
    await redis.pause();
    await redis.stop();
    await redis.start();
    expect(await read()).toBe('gold');
  });

  test('answers nothing while it is paused, and then what it was asked meanwhile', async () => {
    await redis.pause();
    const asked = read();
    expect(await Promise.race([asked, sleep(300, 'nothing')])).toBe('nothing');
    await redis.resume();
    expect(await asked).toBe('gold');
  });

  test('does not start a second time while it runs', async () => {
    await expect(redis.start()).rejects.toThrow('the server runs already');
    expect(await read()).toBe('gold');
  });

  test('leaves neither a process nor a folder', async () => {
    const pid = redis.pid();
    expect({ isAlive: isAlive(pid), hasFolder: existsSync(redis.dataDir) }).toEqual({ isAlive: true, hasFolder: true });
    await redis.remove();
    expect({ isAlive: isAlive(pid), hasFolder: existsSync(redis.dataDir) }).toEqual({
      isAlive: false,
      hasFolder: false,
    });
  });
});
