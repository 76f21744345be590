import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RedisState } from '@alo/runtime';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { connectRedis, type RedisConnection } from '../../packages/runtime/src/redis/connection.ts';
import { describeWithServers, serversMsMax } from '../servers/describe-with-servers.ts';
import { type RedisServer, startRedis } from '../servers/redis-server.ts';
import { type CuttingProxy, makeCuttingProxy } from './cutting-proxy.ts';
import { asking, settingsOf } from './redis-at-hand.ts';
import { appliedAt, change, contentsOf, outcomeOf, owned } from './states-at-hand.ts';

/** What alo asks of Redis, and nothing besides. */
const commandsOfAlo =
  '+ping +watch +unwatch +multi +exec +type +get +mget +set +mset +zadd +zrem +zcount +zrange +eval +scan';

describeWithServers(['own redis'], 'a Redis at fault', () => {
  let server: RedisServer;
  let prefix = '';
  let tests = 0;
  let opened: RedisConnection[] = [];
  let told: RedisState[] = [];

  beforeAll(async () => {
    server = await startRedis();
  }, serversMsMax);
  afterAll(() => server?.remove());
  beforeEach(() => {
    tests += 1;
    prefix = `alo-${tests}`;
    told = [];
  });
  afterEach(async () => {
    await Promise.all(opened.map((connection) => connection.close()));
    opened = [];
  });

  const connect = (url = server.url) => {
    const connection = connectRedis(settingsOf(url), { name: 'test', onState: (state) => told.push(state) });
    opened.push(connection);
    return connection;
  };
  const ready = async (url?: string) => {
    const connection = connect(url);
    await connection.whenReady(10_000);
    return connection;
  };
  const configure = (name: string, value: string) => asking(server.url, (client) => client.config('SET', name, value));
  const whyNow = () => told.map((state) => (state.kind === 'ready' ? 'ready' : state.why));
  const at = (url = server.url) => `Redis at ${url}`;

  /** Fails a call of states that hold something, and tells what the store holds then and after it is mended. */
  const failedBy = async (break_: () => Promise<unknown>, mend: () => Promise<unknown>) => {
    const connection = await ready();
    const states = await owned(connection, prefix);
    await states.apply([change('s-1', 5)], appliedAt(1));
    const before = await contentsOf(states);
    await break_();
    const outcome = await outcomeOf(states.apply([change('s-1', 6, 'new'), change('s-2')], appliedAt(2)));
    await mend();
    const later = await outcomeOf(states.apply([change('s-1', 7, 'newer')], appliedAt(3)));
    await connection.whenReady(10_000);
    const recovered = await owned(connection, prefix);
    const after = await contentsOf(recovered);
    await recovered.apply([change('s-3')], appliedAt(4));
    return { outcome, later, before, after };
  };

  test('that is full writes nothing, says so, and goes on once it has room', async () => {
    const { outcome, later, before, after } = await failedBy(
      () => configure('maxmemory', '100kb'),
      () => configure('maxmemory', '0'),
    );
    expect(outcome).toBe(`InfrastructureError: ${at()} is full (maxmemory) and refuses writes: give it more memory`);
    expect(later).toBe(outcome);
    expect(after).toEqual(before);
  });

  test('that has become a replica writes nothing, says so, and goes on once it is a primary again', async () => {
    const replicaOf =
      (...args: [string, string]) =>
      () =>
        asking(server.url, (client) => client.replicaof(...args));
    const { outcome, later, before, after } = await failedBy(replicaOf('127.0.0.1', '1'), replicaOf('NO', 'ONE'));
    expect(outcome).toBe(
      `InfrastructureError: ${at()} is a replica that takes no writes: REDIS_URL must name the primary`,
    );
    expect(later).toBe(outcome);
    expect(after).toEqual(before);
    expect(whyNow()).toEqual(['ready', outcome.replace('InfrastructureError: ', ''), 'ready']);
  });

  test('that could not save writes nothing, and says so', async () => {
    const inTheWay = join(server.dataDir, 'dump.rdb');
    const unsaved = async () => {
      await mkdir(inTheWay);
      await configure('save', '900 1');
      await asking(server.url, async (client) => {
        await client.bgsave();
        while (!/rdb_last_bgsave_status:err/.test(await client.info('persistence'))) await client.ping();
      });
    };
    const saved = async () => {
      await configure('save', '');
      await rm(inTheWay, { recursive: true });
    };
    const { outcome, before, after } = await failedBy(unsaved, saved);
    expect(outcome).toBe(
      `InfrastructureError: ${at()} refuses writes, because its last save to disk failed: see its log and its disk`,
    );
    expect(after).toEqual(before);
  });

  test('whose index is another kind of key stops the partition once it is recovered', async () => {
    const connection = await ready();
    const states = await owned(connection, prefix);
    await states.apply([change('s-1')], appliedAt(1));
    await asking(server.url, (client) => client.set(`${prefix}:{0}:due`, 'x'));
    expect(await outcomeOf(states.apply([change('s-1', 5)], appliedAt(2)))).toMatch(
      /^InfrastructureError: .*WRONGTYPE/,
    );
    expect(await outcomeOf(owned(connection, prefix))).toBe(
      `PartitionStopped: the Redis key ${prefix}:{0}:due is a string, and was not written by alo: ` +
        'give another REDIS_KEY_PREFIX',
    );
  });

  test('that is killed and started again needs no hand, and says when it begins and when it is over', async () => {
    const connection = await ready();
    const states = await owned(connection, prefix);
    await states.apply([change('s-1', 5)], appliedAt(1));
    await server.kill();
    expect(await outcomeOf(states.load(['s-1']))).toBe(`InfrastructureError: ${at()} cut the connection`);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await outcomeOf(connection.whenReady(100))).toBe(
      `InfrastructureError: ${at()} does not answer (connection refused)`,
    );
    await server.start();
    await connection.whenReady();
    expect(whyNow()).toEqual([
      'ready',
      `${at()} cut the connection`,
      `${at()} does not answer (connection refused)`,
      'ready',
    ]);
    expect(await outcomeOf(states.load(['s-1']))).toBe(`InfrastructureError: ${at()} cut the connection`);
    expect((await contentsOf(await owned(connection, prefix))).applied).toEqual(appliedAt(1));
  });

  test('that stands still is waited for no longer than some seconds, and a late write of it is none', async () => {
    const states = await owned(await ready(), prefix);
    await states.apply([change('s-1', 5)], appliedAt(1));
    await server.pause();
    const outcome = await outcomeOf(states.apply([change('s-1', 6, 'late')], appliedAt(2)));
    await server.resume();
    expect(outcome).toBe(`InfrastructureError: ${at()} did not answer in time`);
    const recovered = await owned(await ready(), prefix);
    const { applied, subscribers } = await contentsOf(recovered);
    const whole = applied?.offset === 2 ? ['late', 6] : ['s-1', 5];
    expect(subscribers.map(({ text, dueAt }) => [text, dueAt])).toEqual([whole]);
  }, 20_000);

  describe('reached over a connection that breaks', () => {
    let proxy: CuttingProxy;
    beforeEach(async () => {
      proxy = await makeCuttingProxy(server.port);
    });
    afterEach(() => proxy.close());

    const some = Array.from({ length: 40 }, (_, n) => change(`s-${n}`, n, 'new'.repeat(10)));

    /** How many bytes one write and its answer are. */
    const bytesOfWrite = async () => {
      const states = await owned(await ready(proxy.url), `${prefix}-xx`);
      const before = proxy.passed();
      await states.apply(some, appliedAt(1));
      const { asked, answered } = proxy.passed();
      return { asked: asked - before.asked, answered: answered - before.answered };
    };

    test.each(['asked', 'answered'] as const)(
      'writes all or nothing, wherever what is %s is cut',
      async (way) => {
        const bytes = (await bytesOfWrite())[way];
        const found = new Set<string>();
        for (let n = 0; n <= 12; n += 1) {
          const connection = await ready(proxy.url);
          const own = `${prefix}-${n + 10}`;
          const states = await owned(connection, own);
          await states.apply([change('s-0', 5, 'old')], appliedAt(0));
          proxy.cutAfter(way, Math.min(bytes - 3, Math.floor((bytes * n) / 12)));
          expect(await outcomeOf(states.apply(some, appliedAt(1)))).toBe(
            `InfrastructureError: ${at(proxy.url)} cut the connection`,
          );
          await connection.whenReady(10_000);
          expect(await outcomeOf(states.load(['s-1']))).toBe(
            `InfrastructureError: ${at(proxy.url)} cut the connection`,
          );
          const { applied, subscribers, due } = await contentsOf(await owned(connection, own));
          const isWritten = applied?.offset === 1;
          found.add(isWritten ? 'all' : 'nothing');
          expect(subscribers.length).toBe(isWritten ? some.length : 1);
          expect(due.length).toBe(isWritten ? some.length : 1);
        }
        expect(found).toEqual(new Set(way === 'asked' ? ['nothing', 'all'] : ['all']));
      },
      30_000,
    );

    test('is not written by who had watched over the connection before, though nobody else came', async () => {
      const connection = await ready(proxy.url);
      const states = await owned(connection, prefix);
      await states.apply([change('s-1')], appliedAt(1));
      await asking(server.url, (client) => client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'));
      while (connection.state().kind === 'ready') await new Promise((resolve) => setTimeout(resolve, 5));
      await connection.whenReady(10_000);
      expect(await outcomeOf(states.apply([change('s-1', 1, 'late')], appliedAt(2)))).toBe(
        `InfrastructureError: ${at(proxy.url)} cut the connection`,
      );
      expect((await contentsOf(await owned(connection, prefix))).applied).toEqual(appliedAt(1));
    });
  });

  describe('with users', () => {
    const acl = (...args: string[]) => asking(server.url, (client) => client.acl('SETUSER', ...(args as [string])));
    const urlOf = (user: string) => `redis://${user}@127.0.0.1:${server.port}`;
    const keys = `~alo-*`;

    test('lets in one by name and password, who can do all that alo does and nothing besides', async () => {
      await acl('alo', 'reset', 'on', '>p@ss:/word', keys, ...commandsOfAlo.split(' '));
      const states = await owned(await ready(urlOf('alo:p%40ss%3A%2Fword')), prefix);
      await states.apply([change('s-1', 5), change('s-2')], appliedAt(1));
      await states.apply([change('s-1')], appliedAt(2));
      expect(await states.dueAfter({ dueAt: 0, subscriber: 's' }, 5)).toEqual([]);
      expect((await contentsOf(states)).subscribers.length).toBe(2);
      expect(await outcomeOf(owned(await ready(urlOf('alo:p%40ss%3A%2Fword')), `other-${prefix}`))).toMatch(
        /^InfrastructureError: Redis at redis:\S+ does not let its user do all that alo needs: NOPERM /,
      );
    });

    test.each([
      { why: 'a wrong password', user: 'alo2:wrong' },
      { why: 'an unknown name', user: 'nobody:right' },
    ])('says of $why what is wrong, shows neither, and lets in once it is right', async ({ user }) => {
      await acl('alo2', 'reset', 'on', '>right', keys, '+@all');
      const connection = connect(urlOf(user));
      const says = `${at()} does not accept the user name or password of REDIS_URL`;
      expect(await outcomeOf(connection.whenReady(500))).toBe(`InfrastructureError: ${says}`);
      expect(whyNow()).toEqual([says]);
      const [name = '', password = ''] = user.split(':');
      await acl(name, 'on', `>${password}`, keys, '+@all');
      await connection.whenReady(10_000);
      expect(whyNow()).toEqual([says, 'ready']);
    });

    test('says of no password what is wrong', async () => {
      await acl('default', 'resetpass', '>secret');
      try {
        expect(await outcomeOf(connect().whenReady(500))).toBe(
          `InfrastructureError: ${at()} wants a password: give user and password in REDIS_URL`,
        );
        await (await ready(urlOf(':secret'))).close();
      } finally {
        await asking(urlOf(':secret'), (client) => client.acl('SETUSER', 'default', 'nopass'));
      }
    });
  });

  test('that is not there is waited for, with one sentence', async () => {
    const connection = connect('redis://127.0.0.1:1');
    expect(await outcomeOf(connection.whenReady(700))).toBe(
      `InfrastructureError: ${at('redis://127.0.0.1:1')} does not answer (connection refused)`,
    );
    expect(whyNow()).toEqual([`${at('redis://127.0.0.1:1')} does not answer (connection refused)`]);
    expect(await outcomeOf(owned(connection, prefix))).toMatch(/^InfrastructureError/);
  });

  test('whose name nobody knows is waited for, with one sentence', async () => {
    expect(await outcomeOf(connect('redis://nowhere.invalid:6379').whenReady(2000))).toMatch(
      /^InfrastructureError: Redis at redis:\/\/nowhere\.invalid:6379 cannot be reached \(its host (is not known|cannot be looked up now)\)$/,
    );
  });

  test('that is closed is not waited for', async () => {
    const connection = connect('redis://127.0.0.1:1');
    const waiting = outcomeOf(connection.whenReady());
    await new Promise((resolve) => setTimeout(resolve, 200));
    await connection.close();
    await connection.close();
    const says = 'InfrastructureError: the connection to Redis at redis://127.0.0.1:1 is closed';
    expect(await waiting).toBe(says);
    expect(await outcomeOf(connection.whenReady())).toBe(says);
  });
});
