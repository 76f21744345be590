import { expect, test } from '@jest/globals';
import { describeRedis } from '../../packages/runtime/src/redis/redis-health.ts';
import { redisProblems } from '../../packages/runtime/src/redis/redis-problems.ts';
import { describeOwnRedis } from './own-redis.ts';
import { outcomeOf } from './states-at-hand.ts';

describeOwnRedis(
  'what Redis says of itself',
  ({ server, connect, ready, ask: asking }) => {
    const describedBy = async (url?: string) => describeRedis(await ready(url));
    const problems = async () =>
      redisProblems(await describedBy()).map(({ severity, problem }) => `${severity}: ${problem}`);
    const ask = (...command: [string, ...string[]]) => asking((client) => client.call(...command));

    test('is all that is to be known, where it is as it should be', async () => {
      const { version, usedBytes, answeredInMs, clockAheadMs, ...rest } = await describedBy();
      expect(rest).toEqual({
        maxBytes: 100 * 1024 * 1024,
        evictionPolicy: 'noeviction',
        hasAof: true,
        isAofWritten: true,
        isLastSaveWritten: true,
        role: 'master',
        isCluster: false,
        isLoading: false,
      });
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
      expect(usedBytes).toBeGreaterThan(100_000);
      expect(answeredInMs).toBeGreaterThan(0);
      expect(Math.abs(clockAheadMs ?? Number.NaN)).toBeLessThan(500);
      expect(await problems()).toEqual([]);
    });

    test.each([
      {
        why: 'it evicts',
        set: ['maxmemory-policy', 'allkeys-lru'],
        back: 'noeviction',
        says: 'refuse: Redis throws keys away',
      },
      { why: 'it keeps no AOF', set: ['appendonly', 'no'], back: 'yes', says: 'warn: Redis keeps no AOF' },
      { why: 'it is nearly full', set: ['maxmemory', '1kb'], back: '100mb', says: 'warn: Redis has used ' },
    ])('tells that $why', async ({ set: [name = '', value = ''], back, says }) => {
      await ask('CONFIG', 'SET', name, value);
      expect(await problems()).toEqual([expect.stringContaining(says)]);
      await ask('CONFIG', 'SET', name, back);
    });

    test('tells that it is a replica', async () => {
      await ask('REPLICAOF', '127.0.0.1', '1');
      expect(await problems()).toEqual([expect.stringContaining('refuse: Redis is a replica')]);
      await ask('REPLICAOF', 'NO', 'ONE');
    });

    test('is not held against it where its user may not ask', async () => {
      await ask('ACL', 'SETUSER', 'meek', 'reset', 'on', '>p', '+ping');
      const { answeredInMs, ...rest } = await describedBy(`redis://meek:p@127.0.0.1:${server().port}`);
      expect(Object.values(rest)).toEqual(Object.values(rest).map(() => undefined));
      expect(redisProblems({ ...rest, answeredInMs })).toEqual([]);
    });

    test('is not known of one that is not there', async () => {
      expect(await outcomeOf(describeRedis(connect('redis://127.0.0.1:1')))).toMatch(
        /^InfrastructureError: Redis at redis:\/\/127\.0\.0\.1:1 /,
      );
    });
  },
  ['--maxmemory', '100mb'],
);
