import { cp, mkdtemp, readdir, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { type CuttingProxy, makeCuttingProxy } from '../redis/cutting-proxy.ts';
import { describeWithServers, serversMsMax } from '../servers/describe-with-servers.ts';
import { type RedisServer, startRedis } from '../servers/redis-server.ts';
import { kafkaForTests } from '../servers/servers.ts';
import { type LiveSystem, makeLiveSystem } from './live-system.ts';
import type { ServiceProcess } from './service-process.ts';
import { simulated } from './simulated-life.ts';

const testMsMax = 120_000;
const partitions = 2;
/** How much comes before the copy is taken, before the loss, and after it. */
const sliceLength = 600;

type Struck = {
  readonly live: LiveSystem;
  readonly redis: RedisServer;
  /** The way on which engines reach it. */
  readonly proxy: CuttingProxy;
  /** A copy of its files, as they were when all that came before was applied. */
  readonly copy: string;
  readonly engines: readonly ServiceProcess[];
  readonly sendSlice: () => Promise<void>;
};

const emptied = async (folder: string): Promise<void> => {
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true });
};

const saidCount = async (live: LiveSystem): Promise<number> => {
  const told = await Promise.all(live.numbers.map(live.told));
  return told.flatMap((topics) => Object.values(topics).flat()).length;
};

/** After what came of some records was published, and before its states are written. */
const killAll = async ({ live, proxy, engines, sendSlice }: Struck): Promise<void> => {
  const held = proxy.holdBefore('MULTI');
  await sendSlice();
  await held;
  await Promise.all(engines.map(({ end }) => end('SIGKILL')));
  live.startEngine();
};

/** What happens to the files of a Redis happens while it is down, and nobody tells the engines. */
const whileDown =
  (change: (dataDir: string, copy: string) => Promise<void>) =>
  async ({ redis, copy }: Struck): Promise<void> => {
    await redis.kill();
    await change(redis.dataDir, copy);
    await redis.start();
  };

/** The file to which Redis appends: the last of several, where there are several. */
const appendedFile = async (folder: string): Promise<string> => {
  const files = (await readdir(folder, { recursive: true })).filter((name) => /\.aof$/.test(name)).sort();
  return join(folder, files.findLast((name) => /incr/.test(name)) ?? (files.at(-1) as string));
};

/** In the midst of what was written since the copy was taken. */
const tear = async (dataDir: string, copy: string): Promise<void> => {
  const file = await appendedFile(dataDir);
  const [before, now] = await Promise.all([stat(await appendedFile(copy)), stat(file)]);
  await truncate(file, Math.floor((before.size + now.size) / 2));
};

const putBack = async (dataDir: string, copy: string): Promise<void> => {
  await emptied(dataDir);
  await cp(copy, dataDir, { recursive: true });
};

describeWithServers(['kafka', 'own redis'], 'a Redis', () => {
  let redis: RedisServer;
  let proxy: CuttingProxy;
  let copy: string;

  beforeAll(async () => {
    [redis, copy] = await Promise.all([startRedis(), mkdtemp(join(tmpdir(), 'alo-copy-'))]);
    proxy = await makeCuttingProxy(redis.port);
  }, serversMsMax);
  afterAll(async () => {
    await proxy?.close();
    await Promise.all([redis?.remove(), rm(copy, { recursive: true, force: true })]);
  }, serversMsMax);

  const liveSystem = async (): Promise<LiveSystem> =>
    makeLiveSystem({ brokers: (await kafkaForTests()).brokers, redisUrl: proxy.url, partitions });

  test.each([
    { what: 'what all engines had at hand when they were killed', lose: killAll },
    { what: 'what stood behind a tear in its file', lose: whileDown(tear) },
    { what: 'what it had written since an old copy was taken', lose: whileDown(putBack) },
    { what: 'all that it had', lose: whileDown(emptied) },
  ])(
    '$what is folded again in silence, and nothing is lost or said twice',
    async ({ lose }) => {
      const live = await liveSystem();
      try {
        const life = await simulated(200, 40);
        const sendSlice = () => live.send(live.journal, life.splice(0, sliceLength));
        await live.activate();
        const engines = [live.startEngine(), live.startEngine()];
        await sendSlice();
        await live.caughtUp();
        await emptied(copy);
        await cp(redis.dataDir, copy, { recursive: true });
        await sendSlice();
        await live.caughtUp();
        await lose({ live, redis, proxy, copy, engines, sendSlice });
        await sendSlice();
        await live.caughtUp();
        for (const partition of live.numbers) expect(await live.told(partition)).toEqual(await live.folded(partition));
        expect(await saidCount(live)).toBeGreaterThan(100);
      } finally {
        await live.close();
      }
    },
    testMsMax,
  );

  test(
    'that was set to evict keys meanwhile stops the partition that is taken over',
    async () => {
      const live = await liveSystem();
      const client = new Redis(redis.url);
      try {
        await live.activate();
        const engine = live.startEngine();
        await live.caughtUp();
        await client.config('SET', 'maxmemory-policy', 'allkeys-lru');
        await client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
        await live.sendTo(1, await simulated(1, 5));
        expect(await engine.logged(/partition 1 has stopped/)).toContain('maxmemory-policy allkeys-lru');
        await client.config('SET', 'maxmemory-policy', 'noeviction');
        expect(await engine.end('SIGTERM')).toBe(0);
      } finally {
        await client.quit();
        await live.close();
      }
    },
    testMsMax,
  );
});
