import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import type { Redis } from 'ioredis';
import { connectRedis, type RedisConnection } from '../../packages/runtime/src/redis/connection.ts';
import { describeWithServers, serversMsMax } from '../servers/describe-with-servers.ts';
import { type RedisServer, startRedis } from '../servers/redis-server.ts';
import { asking, settingsOf } from './redis-at-hand.ts';

/** A Redis that a test may break, and what it needs beside it. */
export type OwnRedis = {
  readonly server: () => RedisServer;
  /** A prefix of this test's own. */
  readonly prefix: () => string;
  readonly connect: (url?: string) => RedisConnection;
  /** A connection that can be used. */
  readonly ready: (url?: string) => Promise<RedisConnection>;
  readonly ask: <Result>(question: (client: Redis) => Promise<Result>) => Promise<Result>;
  /** What connections of this test have told of themselves, in their order. */
  readonly told: () => readonly string[];
  /** How a sentence about it begins. */
  readonly at: (url?: string) => string;
};

export const describeOwnRedis = (title: string, body: (own: OwnRedis) => void, args: readonly string[] = []): void =>
  describeWithServers(['own redis'], title, () => {
    let server: RedisServer;
    let tests = 0;
    let opened: RedisConnection[] = [];
    let told: string[] = [];

    beforeAll(async () => {
      server = await startRedis({ args });
    }, serversMsMax);
    beforeEach(() => {
      tests += 1;
      told = [];
    });
    afterEach(async () => {
      await Promise.all(opened.map((connection) => connection.close()));
      opened = [];
    });
    afterAll(() => server?.remove());

    const connect = (url = server.url) => {
      const connection = connectRedis(settingsOf(url), {
        name: 'test',
        onState: (state) => told.push(state.kind === 'ready' ? 'ready' : state.why),
      });
      opened.push(connection);
      return connection;
    };
    body({
      server: () => server,
      prefix: () => `alo-${tests}`,
      connect,
      ready: async (url) => {
        const connection = connect(url);
        await connection.whenReady(10_000);
        return connection;
      },
      ask: (question) => asking(server.url, question),
      told: () => told,
      at: (url = server.url) => `Redis at ${url}`,
    });
  });
