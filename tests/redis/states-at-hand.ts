import type { Applied, Change, States } from '@alo/runtime';
import type { RedisConnection } from '../../packages/runtime/src/redis/connection.ts';
import { openRedisStates } from '../../packages/runtime/src/redis/redis-states.ts';

export const appliedAt = (offset: number, header = '{}'): Applied => ({
  offset,
  step: 0,
  digest: `digest-${offset}`,
  count: offset,
  version: '1',
  header,
});

export const change = (subscriber: string, dueAt?: number, text = subscriber): Change => ({
  subscriber,
  dueAt,
  value: Buffer.from(text),
});

/** States whose ownership was taken. */
export const owned = async (connection: RedisConnection, prefix: string, partition = 0): Promise<States> => {
  const states = openRedisStates(connection, { prefix, partition });
  await states.applied();
  return states;
};

/** All that a store holds, as a test compares it. */
export const contentsOf = async (states: States) => ({
  applied: await states.applied(),
  subscribers: (await states.scan('', 100_000)).map(({ value, ...rest }) => ({
    ...rest,
    text: Buffer.from(value).toString(),
  })),
  due: await states.dueAfter(undefined, 100_000),
});

/** What became of a call, in words. */
export const outcomeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'done',
    (error: Error) => `${error.name}: ${error.message}`,
  );
