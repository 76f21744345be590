import { expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { describeWithServers } from '../servers/describe-with-servers.ts';
import { freePort } from '../servers/free-port.ts';
import { kafkaForTests, redisForTests } from '../servers/servers.ts';
import { makeLiveSystem } from './live-system.ts';
import { simulated } from './simulated-life.ts';

const testMsMax = 120_000;

describeWithServers(['kafka', 'redis'], 'a partition that must not go on', () => {
  const live = async () =>
    makeLiveSystem({ brokers: (await kafkaForTests()).brokers, redisUrl: (await redisForTests()).url, partitions: 2 });

  test.each([
    {
      why: 'whose log is another than the states were made from',
      change: (header: Record<string, unknown>) => ({ ...header, lastRecord: '0'.repeat(64) }),
      says: /another record at offset \d+ than the one that the states were made from/,
    },
    {
      why: 'of which another version has said something else',
      change: (header: Record<string, unknown>) => ({ ...header, digest: '0'.repeat(64) }),
      says: /has said something else than engine|know of other outputs/,
    },
  ])(
    '$why says so in log and health, and the other goes on',
    async ({ change, says }) => {
      const system = await live();
      const client = new Redis((await redisForTests()).url);
      try {
        await system.activate();
        const first = system.startEngine();
        await system.send(system.journal, await simulated(60, 30));
        await system.caughtUp();
        await first.end('SIGTERM');
        const key = `${system.environment.REDIS_KEY_PREFIX}:{1}:header`;
        await client.set(key, JSON.stringify(change(JSON.parse((await client.get(key)) as string))));

        const port = `${await freePort()}`;
        const second = system.startEngine({ ALO_HTTP_PORT: port });
        expect(await second.logged(/partition 1 has stopped/)).toMatch(says);
        await second.logged(/partition 0 is running/);
        const health = await fetch(`http://127.0.0.1:${port}/readyz`);
        expect(health.status).toBe(503);
        expect(JSON.stringify(await health.json())).toMatch(says);
        expect(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).toContain(
          'alo_partition_state{partition="1",state="stopped"} 1',
        );

        const before = await system.appliedOffset(0);
        await system.send(system.journal, await simulated(60, 31));
        while ((await system.appliedOffset(0)) <= before) await new Promise((resolve) => setTimeout(resolve, 50));
        expect(await second.end('SIGTERM')).toBe(0);
      } finally {
        await client.quit();
        await system.close();
      }
    },
    testMsMax,
  );

  test(
    'is not held up by the lag of another',
    async () => {
      const system = await live();
      try {
        await system.activate();
        const lines = await simulated(3000, 30);
        // All of it lies in partition 0, but for what comes last.
        await system.sendTo(0, lines);
        const engine = system.startEngine();
        await engine.logged(/partition 1 is running/);
        expect(engine.lines().some((line) => /partition 0 is running/.test(line))).toBe(false);
        await engine.logged(/partition 0 is running/);
      } finally {
        await system.close();
      }
    },
    testMsMax,
  );
});
