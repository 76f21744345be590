import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { describeOwnRedis } from './own-redis.ts';
import { appliedAt, change, contentsOf, outcomeOf, owned } from './states-at-hand.ts';

describeOwnRedis('a Redis at fault', ({ server, prefix, connect, ready, ask, told, at }) => {
  const configure = (name: string, value: string) => ask((client) => client.config('SET', name, value));

  /** Fails a call of states that hold something, and tells what the store holds then and after it is mended. */
  const failedBy = async (break_: () => Promise<unknown>, mend: () => Promise<unknown>) => {
    const connection = await ready();
    const states = await owned(connection, prefix());
    await states.apply([change('s-1', 5)], appliedAt(1));
    const before = await contentsOf(states);
    const broken = async () => {
      await break_();
      return outcomeOf(states.apply([change('s-1', 6, 'new'), change('s-2')], appliedAt(2)));
    };
    const outcome = await broken().finally(mend);
    const later = await outcomeOf(states.apply([change('s-1', 7, 'newer')], appliedAt(3)));
    await connection.whenReady(10_000);
    const recovered = await owned(connection, prefix());
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
    const replicaOf = (host: string, port: string) => () => ask((client) => client.replicaof(host, port));
    const { outcome, later, before, after } = await failedBy(replicaOf('127.0.0.1', '1'), replicaOf('NO', 'ONE'));
    const says = `${at()} is a replica that takes no writes: REDIS_URL must name the primary`;
    expect([outcome, later]).toEqual([`InfrastructureError: ${says}`, `InfrastructureError: ${says}`]);
    expect(after).toEqual(before);
    expect(told()).toEqual(['ready', says, 'ready']);
  });

  test('that could not save writes nothing, and says so', async () => {
    const inTheWay = join(server().dataDir, 'dump.rdb');
    const unsaved = async () => {
      await mkdir(inTheWay);
      await configure('save', '900 1');
      await ask(async (client) => {
        await client.bgsave('SCHEDULE');
        while (!/rdb_last_bgsave_status:err/.test(await client.info('persistence'))) await sleep(5);
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
    const states = await owned(connection, prefix());
    await states.apply([change('s-1')], appliedAt(1));
    await ask((client) => client.set(`${prefix()}:{0}:due`, 'x'));
    expect(await outcomeOf(states.apply([change('s-1', 5)], appliedAt(2)))).toMatch(
      /^InfrastructureError: .*WRONGTYPE/,
    );
    expect(await outcomeOf(owned(connection, prefix()))).toBe(
      `PartitionStopped: the Redis key ${prefix()}:{0}:due is a string, and was not written by alo: ` +
        'give another REDIS_KEY_PREFIX',
    );
  });

  test('that is killed and started again needs no hand, and says when it begins and when it is over', async () => {
    const connection = await ready();
    const states = await owned(connection, prefix());
    await states.apply([change('s-1', 5)], appliedAt(1));
    await server().kill();
    const cut = `${at()} cut the connection`;
    const refused = `${at()} does not answer (connection refused)`;
    expect(await outcomeOf(states.load(['s-1']))).toBe(`InfrastructureError: ${cut}`);
    await sleep(300);
    expect(await outcomeOf(connection.whenReady(100))).toBe(`InfrastructureError: ${refused}`);
    await server().start();
    await connection.whenReady();
    expect(told()).toEqual(['ready', cut, refused, 'ready']);
    expect(await outcomeOf(states.load(['s-1']))).toBe(`InfrastructureError: ${cut}`);
    expect((await contentsOf(await owned(connection, prefix()))).applied).toEqual(appliedAt(1));
  });

  test('that stands still is waited for no longer than some seconds, and what it writes late is whole', async () => {
    const states = await owned(await ready(), prefix());
    await states.apply([change('s-1', 5)], appliedAt(1));
    await server().pause();
    const outcome = await outcomeOf(states.apply([change('s-1', 6, 'late')], appliedAt(2)));
    await server().resume();
    expect(outcome).toBe(`InfrastructureError: ${at()} did not answer in time`);
    const { applied, subscribers } = await contentsOf(await owned(await ready(), prefix()));
    const whole = applied?.offset === 2 ? ['late', 6] : ['s-1', 5];
    expect(subscribers.map(({ text, dueAt }) => [text, dueAt])).toEqual([whole]);
  }, 20_000);

  test('that is not there is waited for, with one sentence', async () => {
    const nowhere = 'redis://127.0.0.1:1';
    const connection = connect(nowhere);
    const says = `${at(nowhere)} does not answer (connection refused)`;
    expect(await outcomeOf(connection.whenReady(700))).toBe(`InfrastructureError: ${says}`);
    expect(told()).toEqual([says]);
    expect(await outcomeOf(owned(connection, prefix()))).toMatch(/^InfrastructureError/);
  });

  test('whose name nobody knows is waited for, with one sentence', async () => {
    expect(await outcomeOf(connect('redis://nowhere.invalid:6379').whenReady(2000))).toMatch(
      /^InfrastructureError: Redis at redis:\/\/nowhere\.invalid:6379 cannot be reached \(its host (is not known|cannot be looked up now)\)$/,
    );
  });

  test('that is given up is not waited for', async () => {
    const connection = connect('redis://127.0.0.1:1');
    const waiting = outcomeOf(connection.whenReady());
    await sleep(200);
    await connection.close();
    await connection.close();
    const says = 'InfrastructureError: the connection to Redis at redis://127.0.0.1:1 is closed';
    expect(await waiting).toBe(says);
    expect(await outcomeOf(connection.whenReady())).toBe(says);
  });
});
