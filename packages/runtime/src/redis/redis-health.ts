import { textCommand } from './commands.ts';
import type { RedisConnection } from './connection.ts';
import { faultOf } from './redis-faults.ts';

/** What Redis says of itself; undefined where its user may not ask, or where it does not say. */
export type RedisDescription = {
  readonly version: string | undefined;
  readonly usedBytes: number | undefined;
  /** 0 where there is no bound. */
  readonly maxBytes: number | undefined;
  /** What goes when memory is full: nothing, where it is `noeviction`. */
  readonly evictionPolicy: string | undefined;
  readonly hasAof: boolean | undefined;
  readonly isAofWritten: boolean | undefined;
  readonly isLastSaveWritten: boolean | undefined;
  readonly role: string | undefined;
  readonly isCluster: boolean | undefined;
  readonly isLoading: boolean | undefined;
  /** By how much its clock is ahead of this one. */
  readonly clockAheadMs: number | undefined;
  /** From a question to its answer. */
  readonly answeredInMs: number;
};

/** Asks Redis about itself. Rejects with InfrastructureError where it does not answer. */
export const describeRedis = async (connection: RedisConnection): Promise<RedisDescription> => {
  const askedAtMs = Date.now();
  const startMs = performance.now();
  const time = (await answerOf(connection, 'TIME')) as readonly [string, string] | undefined;
  const answeredInMs = performance.now() - startMs;
  const fields = fieldsOf(await answerOf(connection, 'INFO'));
  return {
    ...describedBy(fields),
    clockAheadMs: time && millisOf(time) - (askedAtMs + answeredInMs / 2),
    answeredInMs,
  };
};

/** An answer; undefined where the user may not ask for it. */
const answerOf = async ({ redis, shown }: RedisConnection, question: string): Promise<unknown> => {
  try {
    return await redis.sendCommand(textCommand(question));
  } catch (error) {
    if ((error as Error).message.startsWith('NOPERM')) return undefined;
    throw faultOf(error, shown);
  }
};

const millisOf = ([seconds, micros]: readonly [string, string]): number =>
  Number(seconds) * 1000 + Number(micros) / 1000;

const fieldsOf = (info: unknown): ReadonlyMap<string, string> =>
  new Map(
    [...String(info ?? '').matchAll(/^([a-z_0-9]+):(.*?)\r?$/gm)].map(([, name = '', value = '']) => [name, value]),
  );

const describedBy = (fields: ReadonlyMap<string, string>) => {
  const number = (name: string) => (fields.has(name) ? Number(fields.get(name)) : undefined);
  const flag = (name: string, yes: string) => (fields.has(name) ? fields.get(name) === yes : undefined);
  return {
    version: fields.get('redis_version'),
    usedBytes: number('used_memory'),
    maxBytes: number('maxmemory'),
    evictionPolicy: fields.get('maxmemory_policy'),
    hasAof: flag('aof_enabled', '1'),
    isAofWritten: flag('aof_last_write_status', 'ok'),
    isLastSaveWritten: flag('rdb_last_bgsave_status', 'ok'),
    role: fields.get('role'),
    isCluster: flag('cluster_enabled', '1'),
    isLoading: flag('loading', '1'),
  };
};
