import type { Change } from '@alo/runtime';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sendTogether, sessionOf } from '../../packages/runtime/src/redis/commands.ts';
import type { RedisConnection } from '../../packages/runtime/src/redis/connection.ts';
import { makePackedWrite } from '../../packages/runtime/src/redis/packed-write.ts';
import { keysOf } from '../../packages/runtime/src/redis/partition-keys.ts';
import { readSubscriber } from '../../packages/runtime/src/redis/read-subscriber.ts';
import { encodeApplied } from '../../packages/runtime/src/redis/stored-header.ts';
import { describeWithServers } from '../servers/describe-with-servers.ts';
import { redisForTests } from '../servers/servers.ts';
import { asking, connected, ownPrefix, removeKeys } from './redis-at-hand.ts';
import { appliedAt, change, contentsOf, outcomeOf, owned } from './states-at-hand.ts';

describeWithServers(['redis'], 'what is written to Redis', () => {
  let url = '';
  let connection: RedisConnection;
  const base = ownPrefix();
  let prefix = '';
  let tests = 0;

  beforeAll(async () => {
    ({ url } = await redisForTests());
    connection = await connected();
  });
  beforeEach(() => {
    tests += 1;
    prefix = `${base}-${tests}`;
  });
  afterAll(async () => {
    await connection?.close();
    await asking(url, (client) => removeKeys(client, base));
  });

  test('in one call of many thousands is there whole, and in its order', async () => {
    const states = await owned(connection, prefix);
    const many = Array.from({ length: 12_345 }, (_, n) =>
      change(`s-${String(n).padStart(5, '0')}`, n % 3 ? n : undefined),
    );
    await states.apply(many, appliedAt(1));
    const { subscribers, due } = await contentsOf(states);
    expect(subscribers.map(({ subscriber, text, dueAt }) => `${subscriber} ${text} ${dueAt}`)).toEqual(
      many.map(({ subscriber, dueAt }) => `${subscriber} ${subscriber} ${dueAt}`),
    );
    expect(due).toEqual(many.flatMap(({ subscriber, dueAt }) => (dueAt === undefined ? [] : [{ dueAt, subscriber }])));
    const names = many.map(({ subscriber }) => subscriber).toReversed();
    expect((await states.load(names)).map((stored) => stored?.dueAt)).toEqual(
      many.map(({ dueAt }) => dueAt).toReversed(),
    );
  });

  test('knows where it stands: at the offset of the R beside it', async () => {
    const states = await owned(connection, prefix);
    await states.apply([change('s-1'), change('s-2', 5)], appliedAt(7));
    await states.apply([change('s-2', 6)], appliedAt(9));
    expect((await states.load(['s-1', 's-2'])).map((stored) => stored?.standsAt)).toEqual([7, 9]);
    expect((await states.scan('', 5)).map(({ standsAt }) => standsAt)).toEqual([7, 9]);
  });

  test('is one value a subscriber, with a head of 7 bytes', async () => {
    const states = await owned(connection, prefix);
    await states.apply([{ subscriber: 's-1', value: Buffer.alloc(300), dueAt: undefined }], appliedAt(7));
    const sizes = await asking(url, async (client) => {
      const keys = await client.keys(`${prefix}*`);
      return Promise.all(keys.sort().map(async (key) => [key, await client.strlen(key)]));
    });
    expect(sizes).toEqual([
      [`${prefix}:{0}:epoch`, 36],
      [`${prefix}:{0}:header`, encodeApplied(appliedAt(7)).length],
      [`${prefix}:{0}:s:s-1`, 307],
    ]);
  });

  test('is read by who only looks, and nothing is taken from its owner', async () => {
    const states = await owned(connection, prefix);
    const place = { prefix, partition: 0 };
    expect(await readSubscriber(connection, place, 's-1')).toEqual({ applied: undefined, stored: undefined });
    await states.apply([change('s-1', 5)], appliedAt(7));
    const looking = await connected();
    expect(await readSubscriber(looking, place, 's-1')).toEqual({
      applied: appliedAt(7),
      stored: { value: Buffer.from('s-1'), dueAt: 5, standsAt: 7 },
    });
    expect((await readSubscriber(looking, place, 's-2')).stored).toBeUndefined();
    await looking.close();
    await states.apply([change('s-1', 6)], appliedAt(8));
  });

  describe('while all are gone through', () => {
    test('a subscriber who is new is found, one before the place is not', async () => {
      const states = await owned(connection, prefix);
      await states.apply(
        ['b', 'd', 'f'].map((name) => change(name)),
        appliedAt(1),
      );
      expect((await states.scan('', 2)).map(({ subscriber }) => subscriber)).toEqual(['b', 'd']);
      await states.apply(
        ['a', 'c', 'e'].map((name) => change(name)),
        appliedAt(2),
      );
      expect((await states.scan('d', 2)).map(({ subscriber }) => subscriber)).toEqual(['e', 'f']);
    });

    test('one that was asked to be written before the first page is found', async () => {
      const states = await owned(connection, prefix);
      const [, page, , next] = await Promise.all([
        states.apply([change('a'), change('b')], appliedAt(1)),
        states.scan('', 1),
        states.apply([change('c')], appliedAt(2)),
        states.scan('b', 5),
      ]);
      expect([page, next].map((found) => found.map(({ subscriber }) => subscriber))).toEqual([['a'], ['c']]);
    });

    test('one that has gone stops the partition, and is not named', async () => {
      const states = await owned(connection, prefix);
      await states.apply(
        ['b', 'd', 'f'].map((name) => change(name)),
        appliedAt(1),
      );
      await states.scan('', 1);
      await asking(url, (client) => client.del(`${prefix}:{0}:s:d`));
      expect(await outcomeOf(states.scan('b', 2))).toBe(
        `PartitionStopped: a Redis key below ${prefix}:{0}:s: has gone while all were read: ` +
          'does Redis evict keys, or does another program use them?',
      );
    });
  });

  describe('torn at any point', () => {
    const instant = fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined });
    const changes = fc.uniqueArray(
      fc.record({ subscriber: fc.constantFrom('a', 'b', 'c', 'd', 'e'), dueAt: instant }),
      { selector: ({ subscriber }) => subscriber, maxLength: 5 },
    );
    const made = (some: readonly { subscriber: string; dueAt: number | undefined }[], text: string): Change[] =>
      some.map(({ subscriber, dueAt }) => change(subscriber, dueAt, text));

    test('misses nobody who is due, and every value knows where it stands', async () => {
      let runs = 0;
      await fc.assert(
        fc.asyncProperty(changes, changes, fc.nat(6), async (before, torn, sent) => {
          runs += 1;
          const place = { prefix: `${prefix}-${runs}`, partition: 0 };
          const states = await owned(connection, place.prefix);
          await states.apply(made(before, 'old'), appliedAt(1));
          const write = makePackedWrite(keysOf(place));
          write.fill(made(torn, 'new'), 2);
          const commands = write.commands(encodeApplied(appliedAt(2))).slice(0, sent);
          await sendTogether(sessionOf(connection), commands);
          const found = await contentsOf(await owned(connection, place.prefix));
          const firstDue = new Map(found.due.map(({ subscriber, dueAt }) => [subscriber, dueAt]));
          for (const { subscriber, dueAt, standsAt, text } of found.subscribers) {
            if (dueAt !== undefined) expect(firstDue.get(subscriber) ?? Number.NaN).toBeLessThanOrEqual(dueAt);
            expect(standsAt).toBe(text === 'new' ? 2 : 1);
          }
          if (found.applied?.offset === 2) {
            const all = new Map([...before, ...torn].map(({ subscriber, dueAt }) => [subscriber, dueAt]));
            expect(new Map(found.subscribers.map(({ subscriber, dueAt }) => [subscriber, dueAt]))).toEqual(all);
          }
        }),
        { numRuns: 60, seed: 1 },
      );
    });

    test('shows values that stand past R to whoever recovers', async () => {
      const states = await owned(connection, prefix);
      await states.apply([change('s-1', 5, 'old'), change('s-2', 6, 'old')], appliedAt(1));
      const header = await asking(url, (client) => client.getBuffer(`${prefix}:{0}:header`));
      await states.apply([change('s-1', undefined, 'new')], appliedAt(4));
      await asking(url, (client) => client.set(`${prefix}:{0}:header`, header as Buffer));
      const recovering = await owned(connection, prefix);
      expect((await recovering.applied())?.offset).toBe(1);
      const loaded = await recovering.load(['s-1', 's-2']);
      expect(loaded.map((stored) => [`${stored?.value}`, stored?.standsAt])).toEqual([
        ['new', 4],
        ['old', 1],
      ]);
    });
  });

  describe('beside keys of another program', () => {
    const keysThere = () =>
      asking(url, async (client) => {
        const keys = (await client.keys(`${prefix}*`)).sort();
        return Promise.all(keys.map(async (key) => `${key} ${(await client.dumpBuffer(key))?.toString('hex')}`));
      });

    test.each([
      { why: 'a text', write: ['SET', ':header', 'hello'], says: ':header was not written by alo' },
      { why: 'JSON of its own', write: ['SET', ':header', '{"offset":4}'], says: ':header was not written by alo' },
      { why: 'a list', write: ['RPUSH', ':header', 'a'], says: ':header is a list, and was not written by alo' },
      { why: 'a hash', write: ['HSET', ':epoch', 'a', 'b'], says: ':epoch is a hash, and was not written by alo' },
      { why: 'a set', write: ['SADD', ':due', 'a'], says: ':due is a set, and was not written by alo' },
    ])(
      '$why stops the partition, naming the key, and stays as it is',
      async ({ write: [command, key, ...rest], says }) => {
        await asking(url, (client) => client.call(command as string, `${prefix}:{0}${key}`, ...rest));
        const before = await keysThere();
        expect(await outcomeOf(owned(connection, prefix))).toBe(
          `PartitionStopped: the Redis key ${prefix}:{0}${says}: give another REDIS_KEY_PREFIX`,
        );
        expect(await keysThere()).toEqual(before);
      },
    );

    test('a value that alo did not write stops the partition, and no subscriber is named', async () => {
      const states = await owned(connection, prefix);
      await states.apply([change('s-1')], appliedAt(1));
      await asking(url, (client) => client.set(`${prefix}:{0}:s:s-1`, 'hello'));
      const says = `PartitionStopped: a Redis key below ${prefix}:{0}:s: was not written by alo: give another REDIS_KEY_PREFIX`;
      expect(await outcomeOf(readSubscriber(connection, { prefix, partition: 0 }, 's-1'))).toBe(says);
      expect(await outcomeOf(states.load(['s-1']))).toBe(says);
    });
  });
});
