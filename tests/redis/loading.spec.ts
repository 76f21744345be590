import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { describeOwnRedis } from './own-redis.ts';
import { appliedAt, change, contentsOf, owned } from './states-at-hand.ts';

/** Redis itself has a brake for tests like these, in microseconds; between 2 MB and the next it answers. */
const slowly = ['--key-load-delay', '1000'];
const keys = 1000;
const text = randomBytes(15_000).toString('base64');

describeOwnRedis(
  'a Redis that loads for long',
  ({ server, prefix, ready, ask, told, at }) => {
    test('is waited for, and says so', async () => {
      const connection = await ready();
      const states = await owned(connection, prefix());
      await states.apply(
        Array.from({ length: keys }, (_, n) => change(`s-${n}`, undefined, text)),
        appliedAt(1),
      );
      await ask((client) => client.save());
      await server().stop();
      await server().start();
      await connection.whenReady(10_000);
      expect(told()).toContain(`${at()} is still loading its data from disk`);
      expect(told().at(-1)).toBe('ready');
      expect((await contentsOf(await owned(connection, prefix()))).subscribers.length).toBe(keys);
      const before = told().length;
      await server().kill();
      while (connection.state().kind === 'ready') await sleep(5);
      expect(told()[before]).toBe(`${at()} cut the connection`);
    }, 20_000);
  },
  ['--appendonly', 'no', ...slowly],
);
