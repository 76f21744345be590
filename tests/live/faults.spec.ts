import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWithServers } from '../servers/describe-with-servers.ts';
import { type KafkaServer, startKafka } from '../servers/kafka-server.ts';
import { type RedisServer, startRedis } from '../servers/redis-server.ts';
import { type LiveSystem, makeLiveSystem } from './live-system.ts';
import type { ServiceProcess } from './service-process.ts';
import { simulated } from './simulated-life.ts';

const setUpMsMax = 120_000;
const testMsMax = 120_000;
const sessionTimeoutMs = 2000;
const partitions = 4;
/** How much of the life comes with one fault: before it, while it lasts, and after. */
const sliceLength = 1500;

const isRunning = /is running/;
const runningCount = ({ lines }: ServiceProcess): number => lines().filter((line) => isRunning.test(line)).length;

const until = async (isSo: () => boolean, msMax: number): Promise<number> => {
  const startedMs = Date.now();
  while (!isSo()) {
    if (Date.now() - startedMs > msMax) throw new Error(`not so after ${msMax} ms`);
    await delay(20);
  }
  return Date.now() - startedMs;
};

describeWithServers(['own kafka', 'own redis'], 'whatever dies, each trigger comes exactly once', () => {
  let kafka: KafkaServer;
  let redis: RedisServer;
  let live: LiveSystem;
  let life: string[];

  beforeAll(async () => {
    [kafka, redis, life] = await Promise.all([startKafka(), startRedis(), simulated(500, 30)]);
    live = await makeLiveSystem({ brokers: kafka.brokers, redisUrl: redis.url, partitions });
    await live.activate();
  }, setUpMsMax);

  afterAll(async () => {
    await live?.close();
    await Promise.all([kafka?.remove(), redis?.remove()]);
  }, setUpMsMax);

  const sendSlice = () => live.send(live.journal, life.splice(0, sliceLength));

  const ownsAll = (engine: ServiceProcess) => until(() => runningCount(engine) >= partitions, 30_000);

  const saysWhatTheJournalSays = async () => {
    await live.caughtUp();
    for (const partition of live.numbers) expect(await live.told(partition)).toEqual(await live.folded(partition));
  };

  test(
    'an engine is killed, and another takes over within the session time-out and 2 s',
    async () => {
      const first = live.startEngine();
      await ownsAll(first);
      const second = live.startEngine();
      await until(() => runningCount(second) > 0, 30_000);
      await sendSlice();
      const before = runningCount(second);
      await first.end('SIGKILL');
      await sendSlice();
      const tookMs = await until(() => runningCount(second) >= before + 2, 30_000);
      expect(tookMs).toBeLessThan(sessionTimeoutMs + 2000);
      await saysWhatTheJournalSays();
    },
    testMsMax,
  );

  test(
    'an engine is stopped, and another takes over within 2 s',
    async () => {
      const first = live.startEngine();
      await ownsAll(first);
      const second = live.startEngine();
      await until(() => runningCount(second) > 0, 30_000);
      await sendSlice();
      const before = runningCount(second);
      const stopping = first.end('SIGTERM');
      const tookMs = await until(() => runningCount(second) >= before + 2, 30_000);
      expect(await stopping).toBe(0);
      expect(tookMs).toBeLessThan(2000);
      await sendSlice();
      await saysWhatTheJournalSays();
    },
    testMsMax,
  );

  test(
    'an engine stands still for longer than its session, and wakes',
    async () => {
      const first = live.startEngine();
      await ownsAll(first);
      const second = live.startEngine();
      await until(() => runningCount(second) > 0, 30_000);
      await sendSlice();
      first.child.kill('SIGSTOP');
      await sendSlice();
      await until(() => runningCount(second) >= partitions, 30_000);
      first.child.kill('SIGCONT');
      await sendSlice();
      await saysWhatTheJournalSays();
    },
    testMsMax,
  );

  test(
    'a third engine joins, and leaves',
    async () => {
      const [first, second] = [live.startEngine(), live.startEngine()];
      await until(() => runningCount(first) + runningCount(second) >= partitions, 30_000);
      await sendSlice();
      const third = live.startEngine();
      await until(() => runningCount(third) > 0, 30_000);
      await sendSlice();
      expect(await third.end('SIGTERM')).toBe(0);
      await sendSlice();
      await saysWhatTheJournalSays();
    },
    testMsMax,
  );

  test(
    'Redis is killed, and starts again, and nobody lends a hand',
    async () => {
      const engine = live.startEngine();
      await ownsAll(engine);
      await sendSlice();
      await redis.kill();
      await sendSlice();
      await delay(500);
      await redis.start();
      await sendSlice();
      await saysWhatTheJournalSays();
    },
    testMsMax,
  );

  test(
    'the broker is killed, and starts again, and nobody lends a hand',
    async () => {
      const engine = live.startEngine();
      await ownsAll(engine);
      await sendSlice();
      await kafka.kill();
      await delay(500);
      await kafka.start();
      await sendSlice();
      await saysWhatTheJournalSays();
    },
    testMsMax,
  );
});
