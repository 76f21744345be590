import { expect, test } from '@jest/globals';
import { redisAnswers } from './answers.ts';
import { describeWithServers, serversMsMax } from './describe-with-servers.ts';
import { borrowAddress, type LentServer, openLentServers } from './lent-servers.ts';
import { kafkaForTests, redisForTests } from './servers.ts';

const portOf = (address: string) => Number(address.split(':').at(-1));

describeWithServers(['own redis'], 'a server that is lent', () => {
  test(
    'is the same one for all who ask, and gone when its lender closes',
    async () => {
      const lender = await openLentServers();
      const asking = [1, 2, 3].map(() => borrowAddress(lender.socket, 'redis'));
      const addresses = new Set(await Promise.all(asking));
      expect(addresses.size).toBe(1);
      const port = portOf([...addresses][0]!);
      expect(await redisAnswers(port)).toBe(true);
      await lender.close();
      expect(await redisAnswers(port)).toBe(false);
      await expect(borrowAddress(lender.socket, 'redis')).rejects.toThrow(/ENOENT|ECONNREFUSED/);
    },
    serversMsMax,
  );
});

test('whoever asks for what is not lent is told so', async () => {
  const lender = await openLentServers();
  const told = await borrowAddress(lender.socket, 'postgres' as LentServer).catch(({ message }) => message);
  await lender.close();
  expect(told).toBe('postgres is not lent');
});

describeWithServers(['kafka', 'redis'], 'the servers of a run', () => {
  test('answer every test that asks, as one and the same', async () => {
    const { brokers } = await kafkaForTests();
    expect(brokers).toMatch(/:\d+$/);
    expect(await kafkaForTests()).toEqual({ brokers });
    expect(await redisForTests()).toEqual(await redisForTests());
  });
});
