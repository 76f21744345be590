import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type CuttingProxy, makeCuttingProxy } from './cutting-proxy.ts';
import { describeOwnRedis } from './own-redis.ts';
import { appliedAt, change, contentsOf, outcomeOf, owned } from './states-at-hand.ts';

const points = 12;

describeOwnRedis('a Redis over a connection that breaks', ({ server, prefix, ready, ask, at }) => {
  let proxy: CuttingProxy;
  beforeEach(async () => {
    proxy = await makeCuttingProxy(server().port);
  });
  afterEach(() => proxy.close());

  const some = Array.from({ length: 40 }, (_, n) => change(`s-${n}`, n, 'new'.repeat(10)));
  const cut = () => `InfrastructureError: ${at(proxy.url)} cut the connection`;

  /** How many bytes one write and its answer are. */
  const bytesOfWrite = async () => {
    const states = await owned(await ready(proxy.url), `${prefix()}-xx`);
    const before = proxy.passed();
    await states.apply(some, appliedAt(1));
    const { asked, answered } = proxy.passed();
    return { asked: asked - before.asked, answered: answered - before.answered };
  };

  /** Cuts a write, and tells what is found once the connection is there again. */
  const foundAfterCut = async (way: 'asked' | 'answered', bytes: number, ownPrefix: string) => {
    const connection = await ready(proxy.url);
    const states = await owned(connection, ownPrefix);
    await states.apply([change('s-0', 5, 'old')], appliedAt(0));
    proxy.cutAfter(way, bytes);
    expect(await outcomeOf(states.apply(some, appliedAt(1)))).toBe(cut());
    await connection.whenReady(10_000);
    expect(await outcomeOf(states.load(['s-1']))).toBe(cut());
    const { applied, subscribers, due } = await contentsOf(await owned(connection, ownPrefix));
    return [applied?.offset, subscribers.length, due.length].join(' ');
  };

  test.each(['asked', 'answered'] as const)(
    'writes all or nothing, wherever what is %s is cut',
    async (way) => {
      const bytes = (await bytesOfWrite())[way];
      const found = new Set<string>();
      for (let n = 0; n <= points; n += 1) {
        // An answer without its line end is one.
        const till = Math.min(bytes - 3, Math.floor((bytes * n) / points));
        found.add(await foundAfterCut(way, till, `${prefix()}-${n + 10}`));
      }
      expect(found).toEqual(new Set(way === 'asked' ? ['0 1 1', '1 40 40'] : ['1 40 40']));
    },
    30_000,
  );

  test('is not written by who was superseded between a write and the look behind it', async () => {
    const zombie = await owned(await ready(proxy.url), prefix());
    await zombie.apply([change('s-1')], appliedAt(1));
    const held = proxy.holdBefore('*3\r\n$5\r\nWATCH');
    const written = outcomeOf(zombie.apply([change('s-1', 1, 'lawful')], appliedAt(2)));
    const late = outcomeOf(zombie.apply([change('s-1', 2, 'late')], appliedAt(3)));
    const release = await held;
    const owner = await owned(await ready(), prefix());
    const before = await contentsOf(owner);
    expect(before.applied?.offset).toBe(2);
    release();
    expect(await written).toMatch(/^Doubt: /);
    expect(await late).toMatch(/^Doubt: /);
    expect(await outcomeOf(zombie.apply([change('s-1', 3, 'later')], appliedAt(4)))).toMatch(/^Doubt: /);
    expect(await contentsOf(owner)).toEqual(before);
  });

  test('is not written by who had watched over the connection before, though nobody else came', async () => {
    const connection = await ready(proxy.url);
    const states = await owned(connection, prefix());
    await states.apply([change('s-1')], appliedAt(1));
    await ask((client) => client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'));
    while (connection.state().kind === 'ready') await sleep(5);
    await connection.whenReady(10_000);
    expect(await outcomeOf(states.apply([change('s-1', 1, 'late')], appliedAt(2)))).toBe(cut());
    expect((await contentsOf(await owned(connection, prefix()))).applied).toEqual(appliedAt(1));
  });
});
