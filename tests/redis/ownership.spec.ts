import type { States } from '@alo/runtime';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { RedisConnection } from '../../packages/runtime/src/redis/connection.ts';
import { openRedisStates } from '../../packages/runtime/src/redis/redis-states.ts';
import { describeWithServers } from '../servers/describe-with-servers.ts';
import { redisForTests } from '../servers/servers.ts';
import { asking, connected, ownPrefix, removeKeys } from './redis-at-hand.ts';
import { appliedAt, change, contentsOf, outcomeOf, owned } from './states-at-hand.ts';

const taken = 'Doubt: the states of partition 0 in Redis are not as this engine left them: another has taken over';

/** Each call of the port. */
const calls: readonly { readonly name: string; readonly call: (states: States) => Promise<unknown> }[] = [
  { name: 'apply', call: (states) => states.apply([change('s-1', 1, 'late'), change('s-9', 9)], appliedAt(9)) },
  { name: 'load', call: (states) => states.load(['s-1']) },
  { name: 'dueAfter', call: (states) => states.dueAfter(undefined, 10) },
  { name: 'scan', call: (states) => states.scan('', 10) },
  { name: 'applied', call: (states) => states.applied() },
];

describeWithServers(['redis'], 'a partition in Redis', () => {
  let url = '';
  let first: RedisConnection;
  let second: RedisConnection;
  let third: RedisConnection;
  const base = ownPrefix();
  let prefix = '';
  let tests = 0;

  beforeAll(async () => {
    ({ url } = await redisForTests());
    [first, second, third] = [await connected(), await connected(), await connected()];
  });
  beforeEach(() => {
    tests += 1;
    prefix = `${base}-${tests}`;
  });
  afterAll(async () => {
    await Promise.all([first, second, third].map((one) => one?.close()));
    await asking(url, (client) => removeKeys(client, base));
  });

  const keysOf = () => asking(url, (client) => client.keys(`${prefix}*`));
  /** All keys, as they can be put back. */
  const copied = () =>
    asking(url, async (client) =>
      Promise.all((await client.keys(`${prefix}*`)).map(async (key) => [key, await client.dumpBuffer(key)] as const)),
    );
  const putBack = (copy: Awaited<ReturnType<typeof copied>>) =>
    asking(url, async (client) => {
      for (const [key, dumped] of copy) await client.restore(key, 0, dumped as Buffer, 'REPLACE');
    });

  describe('whose owner was superseded', () => {
    test.each(calls)('answers its $name with doubt, and is not written', async ({ call }) => {
      const zombie = await owned(first, prefix);
      await zombie.apply([change('s-1', 5)], appliedAt(1));
      const owner = await owned(second, prefix);
      await owner.apply([change('s-1', 7, 'new')], appliedAt(2));
      const before = await contentsOf(owner);
      expect(await outcomeOf(call(zombie))).toBe(taken);
      expect(await contentsOf(owner)).toEqual(before);
    });

    test.each(calls)('answers its $name with doubt, though the new owner has written nothing yet', async ({ call }) => {
      const zombie = await owned(first, prefix);
      await zombie.apply([change('s-1', 5)], appliedAt(1));
      const owner = await owned(second, prefix);
      const before = await contentsOf(owner);
      expect(await outcomeOf(call(zombie))).toBe(taken);
      expect(await contentsOf(owner)).toEqual(before);
    });

    test('answers all that was asked later with the first doubt', async () => {
      const zombie = await owned(first, prefix);
      const owner = await owned(second, prefix);
      await owner.apply([change('s-1')], appliedAt(1));
      const outcomes = await Promise.all([...calls, ...calls].map(({ call }) => outcomeOf(call(zombie))));
      expect(new Set(outcomes)).toEqual(new Set([taken]));
    });

    test('is written by neither of two on one connection but the last', async () => {
      const zombie = await owned(first, prefix);
      await zombie.apply([change('s-1')], appliedAt(1));
      const owner = await owned(first, prefix);
      await owner.apply([change('s-1', 3, 'new')], appliedAt(2));
      const before = await contentsOf(owner);
      expect(await outcomeOf(zombie.apply([change('s-1', 1, 'late')], appliedAt(3)))).toBe(taken);
      expect(await contentsOf(owner)).toEqual(before);
      await owner.apply([change('s-1', 4, 'newer')], appliedAt(3));
    });
  });

  test.each(Array.from({ length: 12 }, (_, turns) => ({ turns })))(
    'taken over in the midst of writes, $turns turns later, stays as the new owner found it',
    async ({ turns }) => {
      const zombie = await owned(first, prefix);
      const writes = Array.from({ length: 30 }, (_, n) =>
        outcomeOf(zombie.apply([change('s-1', n, `${n}`), change(`s-${n}`)], appliedAt(n + 1))),
      );
      for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setTimeout(resolve, 0));
      const owner = await owned(second, prefix);
      const found = await contentsOf(owner);
      const outcomes = await Promise.all(writes);
      const written = outcomes.filter((outcome) => outcome === 'done').length;
      expect([written, written + 1]).toContain(found.applied?.offset ?? 0);
      expect(outcomes.slice(written)).toEqual(outcomes.slice(written).map(() => taken));
      expect(await contentsOf(owner)).toEqual(found);
    },
  );

  describe('whose keys are put back as they once were', () => {
    test('is doubted by the owner, and the next owner has a token that never was there', async () => {
      const before = await owned(first, prefix);
      await before.apply([change('s-1', 1, 'old')], appliedAt(1));
      const copy = await copied();
      const tokenOf = (keys: typeof copy) => keys.find(([key]) => key.endsWith(':epoch'))?.[1]?.toString('hex');
      const owner = await owned(second, prefix);
      await owner.apply([change('s-1', 2, 'new'), change('s-2')], appliedAt(2));
      await putBack(copy);
      expect(await outcomeOf(owner.load(['s-1']))).toBe(taken);
      expect(await outcomeOf(owner.apply([change('s-1')], appliedAt(3)))).toBe(taken);
      const next = await owned(second, prefix);
      expect((await contentsOf(next)).applied).toEqual(appliedAt(1));
      expect(tokenOf(await copied())).not.toBe(tokenOf(copy));
      expect(await outcomeOf(before.apply([change('s-1', 3, 'late')], appliedAt(2)))).toBe(taken);
    });

    test('is not written by who watched them before', async () => {
      const owner = await owned(first, prefix);
      await owner.apply([change('s-1', 1, 'old')], appliedAt(1));
      const copy = await copied();
      await owner.apply([change('s-1', 2, 'new')], appliedAt(2));
      await putBack(copy);
      expect(await outcomeOf(owner.apply([change('s-2')], appliedAt(3)))).toBe(taken);
      expect((await copied()).map(([key, dumped]) => [key, dumped?.toString('hex')]).sort()).toEqual(
        copy.map(([key, dumped]) => [key, dumped?.toString('hex')]).sort(),
      );
    });

    test('is not loaded where only R went back', async () => {
      const owner = await owned(first, prefix);
      await owner.apply([change('s-1')], appliedAt(1));
      const copy = (await copied()).filter(([key]) => key.endsWith(':header'));
      await owner.apply([change('s-1')], appliedAt(2));
      await putBack(copy);
      expect(await outcomeOf(owner.load(['s-1']))).toBe(taken);
    });
  });

  test('nobody reads or writes who has not asked for R', async () => {
    for (const { name, call } of calls.filter(({ name }) => name !== 'applied')) {
      const states = openRedisStates(first, { prefix, partition: 0 });
      expect([name, await outcomeOf(call(states))]).toEqual([
        name,
        expect.stringMatching(/does not own the partition/),
      ]);
    }
    expect(await keysOf()).toEqual([]);
  });

  test('partitions under one prefix know nothing of each other, nor does one under a longer prefix', async () => {
    const one = await owned(first, prefix, 1);
    const eleven = await owned(second, prefix, 11);
    const longer = await owned(third, `${prefix}:s`, 1);
    await one.apply([change('s-1', 1)], appliedAt(1));
    await eleven.apply([change('s-11', 11)], appliedAt(11));
    await longer.apply([change('s-0', 0)], appliedAt(5));
    expect(await contentsOf(one)).toMatchObject({ applied: appliedAt(1), due: [{ dueAt: 1, subscriber: 's-1' }] });
    expect(await contentsOf(eleven)).toMatchObject({
      applied: appliedAt(11),
      due: [{ dueAt: 11, subscriber: 's-11' }],
    });
    expect((await contentsOf(eleven)).subscribers.map(({ subscriber }) => subscriber)).toEqual(['s-11']);
  });
});
