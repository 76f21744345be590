import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { describeWithServers } from '../servers/describe-with-servers.ts';
import { kafkaForTests, redisForTests } from '../servers/servers.ts';
import { makeLiveSystem } from './live-system.ts';

const testMsMax = 120_000;
const tickMs = 200;
/** What counts as a moment on a machine that is busy with other tests. */
const momentMsMax = 20_000;

const eventOf = (type: string, id: string, subject: string, data: object, time = new Date()): string =>
  JSON.stringify({ specversion: '1.0', id, source: '/test', type, subject, time: time.toISOString(), data });

/** Somebody whom a list holds up until an instant. */
const listedUntil = (subject: string, validTo: Date): string =>
  eventOf('alo.subscriber.listed.v1', `listed-${subject}`, subject, {
    list: 'official',
    validFrom: '2026-01-01T00:00:00Z',
    validTo: validTo.toISOString(),
    requestedBy: 'lan',
    approvedBy: 'minh',
  });

describeWithServers(['kafka', 'redis'], 'clocks', () => {
  const live = async (partitions: number) =>
    makeLiveSystem({
      brokers: (await kafkaForTests()).brokers,
      redisUrl: (await redisForTests()).url,
      partitions,
    });

  test(
    'have what falls due said by itself, within a moment, though nothing else comes',
    async () => {
      const system = await live(1);
      try {
        await system.activate();
        system.startEngine();
        const clocks = [1, 2].map(() => system.startClock({ ALO_TICK_MS: `${tickMs}` }));
        await Promise.all(clocks.map(({ logged }) => logged(/ticks in/)));
        const validTo = new Date(Date.now() + 3000);
        await system.send(system.journal, [listedUntil('s-1', validTo)]);
        const tiersTold = async () => (await system.told(0))['alo.tiers.v1'] ?? [];
        while ((await tiersTold()).length < 2) await delay(50);
        const lateMs = Date.now() - validTo.getTime();
        const [up, down] = (await tiersTold()).map((text) => JSON.parse(text));
        expect([up.type, down.type]).toEqual(['alo.tier.upgraded.v1', 'alo.tier.downgraded.v1']);
        expect(Date.parse(down.time)).toBe(Math.floor(validTo.getTime()));
        expect(lateMs).toBeGreaterThan(0);
        expect(lateMs).toBeLessThan(momentMsMax);
        await Promise.all(clocks.map(({ end }) => end('SIGTERM')));
        await system.caughtUp();
        expect(await system.told(0)).toEqual(await system.folded(0));
      } finally {
        await system.close();
      }
    },
    testMsMax,
  );

  test(
    'write nothing where there is no policy yet, and no more together than one alone',
    async () => {
      const system = await live(2);
      try {
        const clocks = [1, 2].map(() => system.startClock({ ALO_TICK_MS: `${tickMs}` }));
        await Promise.all(clocks.map(({ logged }) => logged(/ticks in/)));
        await delay(4 * tickMs);
        expect(await Promise.all(system.numbers.map(system.journalEnd))).toEqual([0, 0]);
        await system.activate();
        const ticking = 20;
        await delay(ticking * tickMs);
        expect(await Promise.all(clocks.map(({ end }) => end('SIGTERM')))).toEqual([0, 0]);
        for (const end of await Promise.all(system.numbers.map(system.journalEnd))) {
          expect(end).toBeGreaterThan(2);
          expect(end).toBeLessThan(ticking * 1.5);
        }
      } finally {
        await system.close();
      }
    },
    testMsMax,
  );
});
