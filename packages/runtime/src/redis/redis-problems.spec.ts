import { expect, test } from '@jest/globals';
import type { RedisDescription } from './redis-health.ts';
import { redisProblems } from './redis-problems.ts';

const good: RedisDescription = {
  version: '8.0.1',
  usedBytes: 90,
  maxBytes: 100,
  evictionPolicy: 'noeviction',
  hasAof: true,
  isAofWritten: true,
  isLastSaveWritten: true,
  role: 'master',
  isCluster: false,
  isLoading: false,
  clockAheadMs: 1000,
  answeredInMs: 1,
};

const unknown = Object.fromEntries(Object.keys(good).map((name) => [name, undefined])) as unknown as RedisDescription;

test.each<{ why: string; redis: RedisDescription }>([
  { why: 'as it should be', redis: good },
  { why: 'without a bound of its memory', redis: { ...good, maxBytes: 0 } },
  { why: 'exactly old enough', redis: { ...good, version: '6.2.0' } },
  { why: 'of a user who may ask nothing', redis: { ...unknown, answeredInMs: 1 } },
])('a Redis $why has no problem', ({ redis }) => {
  expect(redisProblems(redis)).toEqual([]);
});

test.each<{ why: string; given: Partial<RedisDescription>; says: string }>([
  { why: 'before 6.2', given: { version: '6.0.16' }, says: 'refuse: Redis is of version 6.0.16, and alo needs 6.2' },
  { why: 'of an older major version', given: { version: '5.9.9' }, says: 'refuse: Redis is of version 5.9.9' },
  {
    why: 'that evicts',
    given: { evictionPolicy: 'allkeys-lru' },
    says: 'refuse: Redis throws keys away when its memory is full (maxmemory-policy allkeys-lru)',
  },
  {
    why: 'that evicts what has a time to live',
    given: { evictionPolicy: 'volatile-ttl' },
    says: 'refuse: Redis throws',
  },
  { why: 'that is a replica', given: { role: 'slave' }, says: 'refuse: Redis is a replica' },
  { why: 'without an AOF', given: { hasAof: false }, says: 'warn: Redis keeps no AOF' },
  { why: 'that cannot write its AOF', given: { isAofWritten: false }, says: 'warn: Redis could not write its AOF' },
  {
    why: 'that cannot write snapshots',
    given: { isLastSaveWritten: false },
    says: 'warn: Redis could not write its last',
  },
  { why: 'nearly full', given: { usedBytes: 91 }, says: 'warn: Redis has used 91 % of its maxmemory' },
  { why: 'of a cluster', given: { isCluster: true }, says: 'warn: Redis is a node of a cluster' },
  { why: 'that loads', given: { isLoading: true }, says: 'warn: Redis is still loading' },
  {
    why: 'with a fast clock',
    given: { clockAheadMs: 1001 },
    says: "warn: the clock of Redis' host is 1001 ms ahead of",
  },
  {
    why: 'with a slow clock',
    given: { clockAheadMs: -1500.4 },
    says: "warn: the clock of Redis' host is 1500 ms behind",
  },
])('a Redis $why has one problem, with its mend', ({ given, says }) => {
  const problems = redisProblems({ ...good, ...given });
  expect(problems.map(({ severity, problem }) => `${severity}: ${problem}`)).toEqual([expect.stringContaining(says)]);
  expect(problems[0]?.mend).toMatch(/\w/);
});

test('what forbids to run comes first', () => {
  const problems = redisProblems({ ...good, hasAof: false, evictionPolicy: 'allkeys-lfu', role: 'slave' });
  expect(problems.map(({ severity }) => severity)).toEqual(['refuse', 'refuse', 'warn']);
});
