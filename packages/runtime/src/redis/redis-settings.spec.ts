import { expect, test } from '@jest/globals';
import { readEnvironment } from '../environment.ts';
import { redisFields, redisRelations, shownRedis } from './redis-settings.ts';

const read = (env: NodeJS.ProcessEnv) => readEnvironment(redisFields, env, redisRelations);

test.each([
  { url: 'redis://redis:6379', shown: 'redis://redis:6379' },
  { url: 'redis://redis', shown: 'redis://redis' },
  { url: 'rediss://alo:p%40ss@redis.example:6380/3', shown: 'rediss://redis.example:6380/3' },
  { url: 'redis://:p@[::1]:6379/', shown: 'redis://[::1]:6379/' },
])('$url is an address, and is shown as $shown', ({ url, shown }) => {
  expect(shownRedis(read({ REDIS_URL: url }))).toBe(shown);
});

test.each([
  { why: 'another scheme', url: 'http://redis:6379' },
  { why: 'no host', url: 'redis:///0' },
  { why: 'a database that is no number', url: 'redis://redis/zero' },
  { why: 'options of a client', url: 'redis://redis:6379?maxRetriesPerRequest=5' },
  { why: 'a fragment', url: 'redis://:se#cret@redis:6379' },
  { why: 'a password that is not encoded', url: 'redis://:50%@redis:6379' },
  { why: 'a port past all ports', url: 'redis://redis:65536' },
  { why: 'a space', url: 'redis://re dis:6379' },
])('an address with $why is refused, and not shown', ({ url }) => {
  expect(() => read({ REDIS_URL: url })).toThrow(
    new Error(
      'the environment has a problem:\n' +
        '  REDIS_URL must be redis://[user:password@]host:port[/db], or rediss:// for TLS',
    ),
  );
});
