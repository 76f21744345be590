import type { RedisState } from '@alo/runtime';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { connectRedis } from '../../packages/runtime/src/redis/connection.ts';
import { describeWithServers, serversMsMax } from '../servers/describe-with-servers.ts';
import { type RedisServer, startRedis } from '../servers/redis-server.ts';
import { asking, settingsOf } from './redis-at-hand.ts';
import { appliedAt, change, contentsOf, owned } from './states-at-hand.ts';

/** Redis itself has a brake for tests like these. */
const slowly = ['--key-load-delay', '2000', '--loading-process-events-interval-bytes', '1024'];

describeWithServers(['own redis'], 'a Redis that loads for long', () => {
  let server: RedisServer;

  beforeAll(async () => {
    server = await startRedis({ args: ['--appendonly', 'no', ...slowly] });
  }, serversMsMax);
  afterAll(() => server?.remove());

  test('is waited for, and says so', async () => {
    const told: RedisState[] = [];
    const connection = connectRedis(settingsOf(server.url), { name: 'test', onState: (state) => told.push(state) });
    try {
      await connection.whenReady(10_000);
      const states = await owned(connection, 'alo');
      await states.apply(
        Array.from({ length: 300 }, (_, n) => change(`s-${n}`)),
        appliedAt(1),
      );
      await asking(server.url, (client) => client.save());
      await server.stop();
      await server.start();
      await connection.whenReady(10_000);
      const whys = told.map((state) => (state.kind === 'ready' ? 'ready' : state.why));
      expect(whys).toContain(`Redis at ${server.url} is still loading its data from disk`);
      expect(whys.at(-1)).toBe('ready');
      expect((await contentsOf(await owned(connection, 'alo'))).subscribers.length).toBe(300);
    } finally {
      await connection.close();
    }
  }, 20_000);
});
