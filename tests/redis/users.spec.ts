import { expect, test } from '@jest/globals';
import { describeOwnRedis } from './own-redis.ts';
import { asking } from './redis-at-hand.ts';
import { appliedAt, change, contentsOf, outcomeOf, owned } from './states-at-hand.ts';

/** What alo asks of Redis, and nothing besides. */
const commandsOfAlo =
  '+ping +watch +unwatch +multi +exec +type +get +mget +set +mset +zadd +zrem +zcount +zrange +eval +scan';
const keys = '~alo-*';

describeOwnRedis('a Redis with users', ({ server, prefix, connect, ready, ask, told, at }) => {
  const acl = (user: string, ...rules: string[]) => ask((client) => client.acl('SETUSER', user, ...rules));
  const urlOf = (user: string) => `redis://${user}@127.0.0.1:${server().port}`;

  test('lets in one by name and password, who can do all that alo does and nothing besides', async () => {
    await acl('alo', 'reset', 'on', '>p@ss:/word', keys, ...commandsOfAlo.split(' '));
    const url = urlOf('alo:p%40ss%3A%2Fword');
    const states = await owned(await ready(url), prefix());
    await states.apply([change('s-1', 5), change('s-2')], appliedAt(1));
    await states.apply([change('s-1')], appliedAt(2));
    expect(await states.dueAfter({ dueAt: 0, subscriber: 's' }, 5)).toEqual([]);
    expect((await contentsOf(states)).subscribers.length).toBe(2);
    expect(await outcomeOf(owned(await ready(url), `other-${prefix()}`))).toMatch(
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
    expect(told()).toEqual([says]);
    const [name = '', password = ''] = user.split(':');
    await acl(name, 'on', `>${password}`, keys, '+@all');
    await connection.whenReady(10_000);
    expect(told()).toEqual([says, 'ready']);
  });

  test('says of no password what is wrong', async () => {
    await acl('default', 'resetpass', '>secret');
    try {
      expect(await outcomeOf(connect().whenReady(500))).toBe(
        `InfrastructureError: ${at()} wants a password: give user and password in REDIS_URL`,
      );
      await ready(urlOf(':secret'));
    } finally {
      await asking(urlOf(':secret'), (client) => client.acl('SETUSER', 'default', 'nopass'));
    }
  });
});
