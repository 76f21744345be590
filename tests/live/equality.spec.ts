import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { formatInstant, hourMs, parseInstant } from '@alo/contracts';
import { afterAll, expect, test } from '@jest/globals';
import { root } from '../cli/alo-process.ts';
import { createTopic } from '../kafka/topics.ts';
import { describeWithServers } from '../servers/describe-with-servers.ts';
import { kafkaForTests, redisForTests } from '../servers/servers.ts';
import { makeLiveSystem } from './live-system.ts';
import { simulated } from './simulated-life.ts';

const data = process.env.ALO_REAL_DATA ?? join(root, '../shared/data');
const testMsMax = 300_000;
const partitions = 6;

const eventTypes = [
  ...['usage.charged', 'usage.adjusted', 'invoice.issued', 'invoice.adjusted', 'payment.received', 'payment.reversed'],
  ...['suspension.requested', 'subscriber.opened', 'subscriber.updated', 'subscriber.listed', 'subscriber.delisted'],
  ...['subscriber.closed', 'subscriber.erased', 'quality.reported', 'trigger.acknowledged'],
].map((name) => `alo.${name}.v1`);

/** Real purchases, with their times moved so that the last was an hour ago; the rest of them is as it was. */
const retailLines = (name: string): string[] => {
  const events = gunzipSync(readFileSync(join(data, `${name}.ndjson.gz`)))
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { time: string; data?: { appliesTo?: string } });
  const byMs = Date.now() - hourMs - Math.max(...events.map(({ time }) => parseInstant(time)));
  const moved = (time: string) => formatInstant(parseInstant(time) + byMs);
  return events.map(({ time, data: told, ...rest }) =>
    JSON.stringify({
      ...rest,
      time: moved(time),
      ...(told && { data: { ...told, ...(told.appliesTo !== undefined && { appliesTo: moved(told.appliesTo) }) } }),
    }),
  );
};

describeWithServers(['kafka', 'redis'], 'intake, two engines, and six partitions', () => {
  const folder = mkdtempSync(join(tmpdir(), 'alo-equality-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Sends lines to an operator's topic, and waits until all that comes of them has been said. */
  const sent = async (lines: readonly string[], policy?: string) => {
    const live = await makeLiveSystem({
      brokers: (await kafkaForTests()).brokers,
      redisUrl: (await redisForTests()).url,
      partitions,
      ...(policy !== undefined && { policy }),
    });
    const source = `${live.prefix}operator.events.v1`;
    await createTopic(live.kafka, source, 3);
    const config = join(folder, `${live.prefix}json`);
    writeFileSync(
      config,
      JSON.stringify({ topics: { [source]: { format: 'cloudevents-structured', types: eventTypes } } }),
    );
    await live.activate();
    const services = [
      live.startIntake({ ALO_INTAKE_CONFIG: config, ALO_INTAKE_GROUP: `${live.prefix}intake` }),
      live.startEngine(),
      live.startEngine(),
    ];
    await live.send(source, lines);
    await live.journalHolds(lines.length + partitions);
    await live.caughtUp();
    return { live, services };
  };

  const saysTheSame = async ({ live, services }: Awaited<ReturnType<typeof sent>>) => {
    let triggers = 0;
    for (const partition of live.numbers) {
      const told = await live.told(partition);
      expect(told).toEqual(await live.folded(partition));
      triggers += Object.values(told).flat().length;
    }
    expect(await Promise.all(services.map(({ end }) => end('SIGTERM')))).toEqual([0, 0, 0]);
    await live.close();
    return triggers;
  };

  test(
    'say of the life of 20,000 subscribers what a run over each journal says, byte for byte',
    async () => {
      const lines = await simulated(20_000, 3);
      expect(lines.length).toBeGreaterThan(60_000);
      expect(await saysTheSame(await sent(lines))).toBeGreaterThan(1000);
    },
    testMsMax,
  );

  test(
    'say of three months of some subscribers the same, tiers, gifts and suspensions among it',
    async () => {
      const { live, services } = await sent(await simulated(600, 90));
      const topicsTold = new Set((await Promise.all(live.numbers.map(live.told))).flatMap(Object.keys));
      expect([...topicsTold].sort()).toEqual(
        expect.arrayContaining([
          'alo.care.v1',
          'alo.dead-letters.v1',
          'alo.standing.v1',
          'alo.suspensions.v1',
          'alo.tiers.v1',
        ]),
      );
      await saysTheSame({ live, services });
    },
    testMsMax,
  );

  const testReal = existsSync(data) ? test : test.skip;

  testReal(
    'say of real purchases the same',
    async () => {
      const policy = join(data, 'online-retail.rich.policy.json');
      expect(await saysTheSame(await sent(retailLines('online-retail'), policy))).toBeGreaterThan(500);
    },
    testMsMax,
  );
});
