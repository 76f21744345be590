import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatInstant, topics } from '@alo/contracts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { alo, scratchFolder } from '../cli/alo-process.ts';
import { charged, linesOf, minutesAfter, upgrades, writePolicy } from '../cli/event-lines.ts';
import { committedOf } from '../kafka/committed-outputs.ts';
import { describeWithServers } from '../servers/describe-with-servers.ts';
import { type KafkaServer, startKafka } from '../servers/kafka-server.ts';
import { redisForTests } from '../servers/servers.ts';
import { makeOperator, type Operator, runIn } from './operator.ts';
import { createTopics, foldAll, partitions, publish, sendLines, startEngine, until } from './running.ts';

const folder = scratchFolder();
const policyFile = writePolicy(folder);
const testMsMax = 90_000;
const now = () => formatInstant(Date.now());

type Tail = {
  readonly out: () => string;
  readonly err: () => string;
  readonly end: () => Promise<number | null>;
  readonly signal: (signal: NodeJS.Signals) => void;
};

const running = new Set<Tail>();
afterEach(() => {
  for (const { signal } of running) signal('SIGKILL');
  running.clear();
});

/** A tail that is listening. */
const listen = async (operator: Operator, ...args: string[]): Promise<Tail> => {
  const { child, ended } = operator.start(['tail', ...args]);
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    err += chunk;
  });
  const tail: Tail = {
    out: () => out,
    err: () => err,
    signal: (signal) => child.kill(signal),
    end: async () => {
      child.kill('SIGINT');
      return (await ended).code;
    },
  };
  running.add(tail);
  await until('it listens', () => /^listening to /.test(err));
  return tail;
};

const linesIn = (text: string) => text.split('\n').filter(Boolean);

/** What `alo run` says of one partition of the journal, line by line. */
const saidByRun = async ({ kafka, journal }: Operator, partition: number): Promise<string[]> => {
  const records = await committedOf(kafka, journal, partition);
  const events = join(folder, `${partition}.ndjson`);
  const out = join(folder, `${partition}.out.ndjson`);
  const stamped = records.map(({ value, timestamp }) => ({
    recordedtime: formatInstant(timestamp),
    ...JSON.parse(String(value)),
  }));
  writeFileSync(events, stamped.map((event) => `${JSON.stringify(event)}\n`).join(''));
  await alo(['run', '--policy', policyFile, '--events', events, '--out', out]);
  return linesIn(readFileSync(out, 'utf8'));
};

describeWithServers(['kafka', 'redis'], 'alo tail', () => {
  describe('beside an engine', () => {
    let operator: Operator;

    beforeAll(async () => {
      operator = await makeOperator();
      await createTopics(operator);
      await publish(operator, policyFile);
      await sendLines(operator, linesOf([...upgrades(40, minutesAfter(now(), -60)), charged('s-40', -5, now())]));
      await foldAll(operator);
    }, testMsMax);

    test(
      'tells triggers as sentences the moment they come, and ends quietly on Ctrl-C with 130',
      async () => {
        const tail = await listen(operator);
        const engine = startEngine(operator);
        await sendLines(operator, linesOf([charged('s-new', 1000, now())]));
        await until('both are told', () => linesIn(tail.out()).length >= 2);
        expect(await tail.end()).toBe(130);
        expect(tail.out()).toMatch(
          /^\d{4}-\d\d-\d\d \d\d:\d\dZ {2}s-new goes from base to vip with 1,000 in month-to-date, reaching 1,000\.\n/,
        );
        expect(linesIn(tail.out())[1]).toMatch(/s-new stands at vip\.$/);
        expect(tail.err()).toBe(
          `listening to ${5 * partitions} partitions of ${[topics.tiers, topics.gifts, topics.suspensions, topics.care, topics.standing].map((topic) => operator.prefix + topic).join(', ')}\n`,
        );
        await engine.end('SIGTERM');
      },
      testMsMax,
    );

    test(
      'tells as JSON what alo run writes of the same journal, byte for byte',
      async () => {
        const expected = (await Promise.all([saidByRun(operator, 0), saidByRun(operator, 1)])).flat();
        expect(expected.length).toBeGreaterThan(80);
        const tail = await listen(operator, 'tiers', 'standing', '--from-beginning', '--json');
        await until('all are told', () => linesIn(tail.out()).length >= expected.length);
        await tail.end();
        expect(linesIn(tail.out()).sort()).toEqual(expected.sort());
      },
      testMsMax,
    );

    test(
      'ends with 0 when its reader has gone',
      async () => {
        const { stdout } = await operator.shell('alo tail --from-beginning | head -2; echo "ended with $PIPESTATUS"');
        expect(stdout).toMatch(/^.* s-\d+ .*\n.* s-\d+ .*\nended with 0\n$/);
      },
      testMsMax,
    );

    test(
      'refusals are heard only where they are asked for, with their code and the record',
      async () => {
        const tail = await listen(operator, 'dead-letters', '--from-beginning', '--json');
        await until('it is told', () => tail.out() !== '');
        await tail.end();
        expect(JSON.parse(tail.out())).toMatchObject({ code: 'SCHEMA', text: expect.stringContaining('"s-40"') });
        const words = await listen(operator, topics.deadLetters, '--from-beginning');
        await until('it is told', () => words.out() !== '');
        await words.end();
        expect(words.out()).toMatch(/^refused SCHEMA {2}offset \d+ of partition \d: data\.amount must be/);
      },
      testMsMax,
    );
  });

  test('names what can be listened to where it knows nothing of what was asked for', async () => {
    const { alo: run } = await makeOperator();
    expect(await run(['tail', 'weather'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/no triggers on weather; listen to tiers, gifts, .*dead-letters\n$/),
    });
  });

  test(
    'never tells what was aborted, tells what is open only once it is committed, and what is no trigger as that',
    async () => {
      const operator = await makeOperator();
      await createTopics(operator);
      const topic = `${operator.prefix}${topics.tiers}`;
      const producer = operator.kafka.producer({
        transactionalId: operator.prefix,
        maxInFlightRequests: 1,
        idempotent: true,
      });
      await producer.connect();
      try {
        const tail = await listen(operator, 'tiers');
        const write = async (value: string) => {
          const transaction = await producer.transaction();
          await transaction.send({ topic, messages: [{ partition: 0, key: 's', value }] });
          return transaction;
        };
        await (await write('aborted')).abort();
        const open = await write('committed later');
        await new Promise((resolve) => setTimeout(resolve, 1000));
        expect(tail.out()).toBe('');
        await open.commit();
        await until('it is told', () => tail.out() !== '');
        await tail.end();
        expect(tail.out()).toBe(`${topic}, partition 0, offset 2 holds no trigger that this alo knows\n`);
      } finally {
        await producer.disconnect();
      }
    },
    testMsMax,
  );
});

describeWithServers(['own kafka', 'redis'], 'alo tail, when the broker is killed', () => {
  let kafka: KafkaServer | undefined;

  beforeAll(async () => {
    kafka = await startKafka();
  }, testMsMax);

  afterAll(async () => kafka?.remove(), testMsMax);

  test(
    'says so once, waits, and goes on where it stood',
    async () => {
      const server = kafka as KafkaServer;
      const { url } = await redisForTests();
      const operator = await makeOperator({ brokers: server.brokers, redisUrl: url });
      await createTopics(operator);
      const topic = `${operator.prefix}${topics.tiers}`;
      const tail = await listen(operator, 'tiers');
      const say = () => runIn(operator.environment, ['send', '--topic', topic], '{"subject":"a"}\n');
      await say();
      await until('the first is told', () => linesIn(tail.out()).length === 1);
      await server.kill();
      await until('it says so', () => /Kafka does not answer, and is asked again/.test(tail.err()));
      tail.signal('SIGSTOP');
      await server.start();
      await say();
      tail.signal('SIGCONT');
      await until('the second is told', () => linesIn(tail.out()).length === 2);
      expect(tail.err()).toMatch(/\nKafka answers again\n$/);
      expect(tail.err().match(/does not answer/g)).toHaveLength(1);
      expect(await tail.end()).toBe(130);
      expect(tail.out()).toMatch(/offset 0 holds.*\n.*offset 1 holds.*\n$/);
    },
    testMsMax,
  );
});
