import { partitionBounds, partitionOfKey, viewPartition } from '@alo/runtime/live';
import { beforeEach, expect, test } from '@jest/globals';
import { charged, linesOf, upgrades } from '../cli/event-lines.ts';
import { describeWithServers } from '../servers/describe-with-servers.ts';
import { makeOperator, type Operator, runIn } from './operator.ts';
import { createTopics, partitions } from './running.ts';

const testMsMax = 60_000;

describeWithServers(['kafka', 'redis'], 'alo send', () => {
  let operator: Operator;

  beforeEach(async () => {
    operator = await makeOperator();
    await createTopics(operator);
  }, testMsMax);

  const send = (lines: string, ...more: string[]) =>
    operator.alo(['send', '--topic', operator.journal, ...more], lines);

  /** What lies in a partition, as text. */
  const texts = (partition: number): Promise<string[]> =>
    viewPartition(operator.kafka, { topic: operator.journal, partition }, async ({ bounds, records }) => {
      const { first, end } = await bounds();
      const all: string[] = [];
      for await (const some of records(first, end))
        all.push(...some.map(({ value }) => String(Buffer.from(value ?? []))));
      return all;
    });

  test(
    'each line goes as it is to the partition of its subject, in order, and is counted',
    async () => {
      const events = upgrades(2500).map((event) => JSON.stringify(event));
      const { code, stdout } = await send(`${events.join('\n')}\n`);
      expect({ code, stdout }).toEqual({ code: 0, stdout: `2,500 events sent to ${operator.journal}\n` });
      for (let partition = 0; partition < partitions; partition += 1) {
        const own = events.filter((event) => partitionOfKey(JSON.parse(event).subject, partitions) === partition);
        expect(own.length).toBeGreaterThan(1000);
        expect(await texts(partition)).toEqual(own);
      }
    },
    testMsMax,
  );

  test(
    'what has no subject or is no JSON goes too, empty lines do not',
    async () => {
      const event = JSON.stringify(charged('s-1', 5, '2026-08-01T00:00:00Z'));
      const { code, stdout } = await send(`no event\n\n   \n{"subject":7}\n${event}`, '--json');
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toEqual({
        topic: operator.journal,
        sent: 3,
        withoutSubject: 2,
        empty: 2,
        tooLarge: 0,
      });
      expect((await Promise.all([texts(0), texts(1)])).flat().sort()).toEqual(
        ['no event', '{"subject":7}', event].sort(),
      );
    },
    testMsMax,
  );

  test(
    'a line that is too large for the broker is told, and the others go',
    async () => {
      const large = charged('s-2', 5, '2026-08-01T00:00:00Z', 'x'.repeat(2_000_000));
      const { code, stdout } = await send(linesOf([...upgrades(10), large, ...upgrades(10)]), '--json');
      expect(code).toBe(2);
      expect(JSON.parse(stdout)).toMatchObject({ sent: 20, tooLarge: 1 });
    },
    testMsMax,
  );

  test(
    'Ctrl-C ends it after what it has begun, and what it says was sent is there',
    async () => {
      const { child, ended } = operator.start(['send', '--topic', operator.journal, '--json']);
      child.stdin?.on('error', () => undefined);
      child.stdin?.write(linesOf(upgrades(100)));
      const sent = async () =>
        (await partitionBounds(operator.kafka, [operator.journal])).reduce((sum, { end }) => sum + end, 0);
      while ((await sent()) < 100) await new Promise((resolve) => setTimeout(resolve, 50));
      child.kill('SIGINT');
      const { code, stdout } = await ended;
      expect({ code, sent: JSON.parse(stdout).sent }).toEqual({ code: 130, sent: 100 });
    },
    testMsMax,
  );

  test('a file that is not there is wrong use', async () => {
    const { code, stderr } = await runIn(operator.environment, [
      'send',
      '--topic',
      operator.journal,
      '--events',
      '/nowhere',
    ]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'alo: --events /nowhere cannot be read: there is no such file\n',
    });
  });
});
