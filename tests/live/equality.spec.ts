import { describe, expect, test } from '@jest/globals';
import { describeWithServers } from '../servers/describe-with-servers.ts';
import { kafkaForTests, redisForTests } from '../servers/servers.ts';
import { makeLiveSystem } from './live-system.ts';
import { simulated } from './simulated-life.ts';

const testMsMax = 240_000;

describeWithServers(['kafka', 'redis'], 'the live system', () => {
  describe('two engines over six partitions', () => {
    test(
      'say of each partition what a run over its journal says, byte for byte',
      async () => {
        const { brokers } = await kafkaForTests();
        const { url: redisUrl } = await redisForTests();
        const live = await makeLiveSystem({ brokers, redisUrl, partitions: 6 });
        try {
          await live.activate();
          const engines = [live.startEngine(), live.startEngine()];
          await live.send(live.journal, await simulated(3000, 30));
          await live.caughtUp();
          for (const partition of live.numbers) {
            expect(await live.told(partition)).toEqual(await live.folded(partition));
          }
          expect(Object.keys(await live.told(0)).length).toBeGreaterThan(2);
          expect(await Promise.all(engines.map(({ end }) => end('SIGTERM')))).toEqual([0, 0]);
        } finally {
          await live.close();
        }
      },
      testMsMax,
    );
  });
});
