import { setTimeout as sleep } from 'node:timers/promises';
import { expect, jest, test } from '@jest/globals';
import type { Message } from 'kafkajs';
import type { FetchedRecord } from '../../packages/runtime/src/kafka/record-batches.ts';
import { charged, minutesAfter } from '../cli/event-lines.ts';
import { describeWithServers } from '../servers/describe-with-servers.ts';
import { kafkaForTests } from '../servers/servers.ts';
import { startIntake } from './intake-process.ts';
import { journalPartitions, operatorTopics, sourcePartitions } from './operator-topics.ts';

jest.setTimeout(120_000);

const usage = { format: 'cloudevents-structured', types: ['alo.usage.charged.v1'] };
const twoTopics = (named: (name: string) => string) => ({ [named('early')]: usage, [named('late')]: usage });

/** Long enough to say that nothing is missing, if it thought so. */
const enoughToSayMs = 2000;

/** So many charges, in all partitions. */
const charges = (name: string, count: number): Message[] =>
  Array.from({ length: count }, (_, n) => {
    const time = minutesAfter('2026-07-10T00:00:00Z', n);
    return { partition: n % sourcePartitions, value: JSON.stringify(charged(`s-${n}`, 1, time, `${name}-${n}`)) };
  });
const idOf = ({ value }: FetchedRecord): string => JSON.parse(String(value)).id;
const idsOf = (name: string, count: number) => Array.from({ length: count }, (_, n) => `${name}-${n}`);

describeWithServers(['kafka'], 'intake, of whose topics one is missing', () => {
  const start = async () => {
    const topics = await operatorTopics((await kafkaForTests()).brokers, twoTopics);
    await topics.create(
      {
        name: topics.journal,
        partitions: journalPartitions,
        config: { 'message.timestamp.type': 'LogAppendTime' },
      },
      { name: topics.deadLetters, partitions: 1 },
      { name: topics.named('early') },
    );
    await topics.publishPolicy(...Array(journalPartitions).keys());
    await topics.send(topics.named('early'), charges('early', 10));
    return topics;
  };

  test('reads the others, says which is missing, and joins it when it has come', async () => {
    const topics = await start();
    const intake = startIntake(topics.env);
    const { events } = await topics.untilWritten(10);
    expect(events.flat().map(idOf).sort()).toEqual(idsOf('early', 10));
    await sleep(enoughToSayMs);
    expect(intake.said.filter((sentence) => /^there is no topic|^intake reads/.test(sentence))).toEqual([
      `there is no topic ${topics.named('late')} (read meanwhile: ${topics.named('early')}); intake waits, and tries again`,
    ]);
    const reads = intake.saying(/^intake reads \S+, \S+ into /);
    await topics.create({ name: topics.named('late') });
    await topics.send(topics.named('late'), charges('late', 10));
    await reads;
    await topics.send(topics.named('early'), charges('afterwards', 10));
    const all = await topics.untilWritten(30);
    expect(all.events.flat().map(idOf).sort()).toEqual(
      ['afterwards', 'early', 'late'].flatMap((name) => idsOf(name, 10)),
    );
    expect((await intake.kill('SIGTERM')).code).toBe(0);
  });

  test('joins it with all who share the work', async () => {
    const topics = await start();
    const first = startIntake(topics.env);
    await first.saying(/there is no topic/);
    const second = startIntake(topics.env);
    await second.saying(/there is no topic/);
    await sleep(enoughToSayMs);
    const both = [first, second];
    expect(both.flatMap(({ said }) => said).filter((sentence) => /^intake reads/.test(sentence))).toEqual([]);
    const read = Promise.all(both.map((intake) => intake.saying(/^intake reads /)));
    await topics.create({ name: topics.named('late') });
    await topics.send(topics.named('late'), charges('late', 10));
    await read;
    const { events } = await topics.untilWritten(20);
    expect([...new Set(events.flat().map(idOf))].sort()).toEqual([...idsOf('early', 10), ...idsOf('late', 10)]);
    await Promise.all(both.map((intake) => intake.kill('SIGTERM')));
  });
});
