import { topics } from '@alo/contracts';
import { connectRedis } from '@alo/runtime/live';
import { afterAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { scratchFolder } from '../cli/alo-process.ts';
import { activated, charged, linesOf, minutesAfter, policy, upgrades, writePolicy } from '../cli/event-lines.ts';
import { startService } from '../live/service-process.ts';
import { describeWithServers } from '../servers/describe-with-servers.ts';
import { type RedisServer, startRedis } from '../servers/redis-server.ts';
import { kafkaForTests } from '../servers/servers.ts';
import { makeOperator, type Operator, runIn } from './operator.ts';
import { caughtUp, createTopics, foldAll, publish, sendLines, startEngine, until, writeTo } from './running.ts';

jest.setTimeout(90_000);
const policyFile = writePolicy(scratchFolder());
const now = () => new Date().toISOString();
const someUpgrades = () => linesOf(upgrades(10, minutesAfter(now(), -20)));

type Told = { readonly area: string; readonly problem: string; readonly mend: string };

/** The problems besides those that no engine and no clock is running. */
const others = (problems: readonly Told[]) => problems.filter(({ area }) => area !== 'engines' && area !== 'clock');

const diagnosed = async (environment: Operator['environment'], ...args: string[]) => {
  const { code, stdout, stderr } = await runIn(environment, ['doctor', '--json', ...args]);
  if (stdout === '') throw new Error(stderr);
  const diagnosis = JSON.parse(stdout);
  return { code, stderr, diagnosis, problems: diagnosis.problems as Told[] };
};

const deleteRecords = async ({ kafka, prefix }: Operator, topic: string) => {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const ends = await admin.fetchTopicOffsets(`${prefix}${topic}`);
    const partitions = ends.map(({ partition, high }) => ({ partition, offset: high }));
    await admin.deleteTopicRecords({ topic: `${prefix}${topic}`, partitions });
  } finally {
    await admin.disconnect();
  }
};

/** A topic that is compacted gives up no records but by being deleted. */
const makeAnew = async (operator: Operator, topic: string) => {
  const name = `${operator.prefix}${topic}`;
  const admin = operator.kafka.admin();
  await admin.connect();
  try {
    await admin.deleteTopics({ topics: [name] });
    await until('it is gone', async () => !(await admin.listTopics()).includes(name));
  } finally {
    await admin.disconnect();
  }
  await createTopics(operator);
};

describeWithServers(['kafka', 'redis'], 'alo doctor', () => {
  let operator: Operator;

  beforeEach(async () => {
    operator = await makeOperator();
    await createTopics(operator);
  });

  test('finds nothing where all is well: engine and clock run, and every partition is where it should be', async () => {
    await publish(operator, policyFile);
    const engine = startEngine(operator);
    const clock = startService('clock', operator.environment);
    await sendLines(operator, someUpgrades());
    await until('it is well', async () => (await operator.alo(['doctor'])).code === 0);
    const { stdout, stderr } = await operator.alo(['doctor']);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/\ntopics +10 as they should be\ntransactions +none hangs\nengines +1 in the group /);
    expect(stdout).toMatch(/\nredis +version \d+\.\d+.*, AOF, noeviction, /);
    expect(stdout).toMatch(/\nzone data +tz 20\d\d[a-z], ICU /);
    expect(stdout).toMatch(/\n0 +\d+ +\d+ +0 to \d+ +\d+ +\d+ +\d+\.\d+\.\d+ +small 1 +yes\n1 +/);
    expect(stdout).toMatch(/\n\nno problems\n$/);
    await Promise.all([engine.end('SIGTERM'), clock.end('SIGTERM')]);
  });

  test('says that nobody has published a policy, and that no engine is running, each with its mend', async () => {
    const { code, problems } = await diagnosed(operator.environment);
    expect(code).toBe(2);
    expect(problems).toEqual([
      expect.objectContaining({
        area: 'engines',
        problem: expect.stringMatching(/^no engine is running in the group /),
      }),
      {
        area: 'partitions 0, 1',
        problem: 'the journal is empty: intake and clocks wait for a policy',
        mend: 'alo policy publish FILE',
      },
    ]);
    const { stdout } = await operator.alo(['doctor']);
    expect(stdout).toMatch(/\npartitions 0, 1: the journal is empty.*\n {2}-> alo policy publish FILE\n$/);
  });

  test('tells how far each partition is', async () => {
    await publish(operator, policyFile);
    await sendLines(operator, someUpgrades());
    await foldAll(operator);
    await writeTo(operator, 1, JSON.stringify(charged('s-x', 1, now())));
    const { diagnosis } = await diagnosed(operator.environment);
    const [none, one] = diagnosis.partitions;
    expect(none).toMatchObject({
      behind: 0,
      applied: none.journalEnd,
      published: none.journalEnd,
      fits: true,
      policy: 'small 1',
    });
    expect(one).toMatchObject({ behind: 1, applied: one.journalEnd - 1, fits: true });
    expect(none.outputs + one.outputs).toBe(20);
  });

  test('tells a topic that differs, as alo topics check does', async () => {
    const admin = operator.kafka.admin();
    await admin.connect();
    const configEntries = [{ name: 'message.timestamp.type', value: 'CreateTime' }];
    await admin.alterConfigs({ validateOnly: false, resources: [{ type: 2, name: operator.journal, configEntries }] });
    await admin.disconnect();
    const { problems } = await diagnosed(operator.environment);
    expect(problems).toContainEqual({
      area: 'topics',
      problem: `message.timestamp.type of ${operator.journal} is CreateTime, and should be LogAppendTime`,
      mend: 'alo topics create --apply-config sets it',
    });
  });

  test('tells a transaction that stays open for too long, and not one that ends meanwhile', async () => {
    const topic = `${operator.prefix}${topics.receipts}`;
    const producer = operator.kafka.producer({
      transactionalId: operator.prefix,
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    try {
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages: [{ partition: 1, key: '1', value: 'x' }] });
      const hanging = await diagnosed(operator.environment, '--wait', '1');
      expect(hanging.stderr).toMatch(/^transactions are open in 1 partitions: looking for up to 1 s/);
      expect(others(hanging.problems)).toContainEqual(
        expect.objectContaining({
          area: 'transactions',
          problem: expect.stringMatching(
            new RegExp(`^partition 1 of ${topic} has had a transaction open from offset 0 on for more than 1 s`),
          ),
        }),
      );
      const ending = diagnosed(operator.environment, '--wait', '30');
      setTimeout(() => void transaction.abort(), 3000);
      expect((await ending).diagnosis.hanging).toEqual([]);
    } finally {
      await producer.disconnect();
    }
  });

  test('tells a partition that stands still though an engine runs', async () => {
    await publish(operator, policyFile);
    const engine = startEngine(operator);
    await caughtUp(operator);
    const forged = { ...policy, lateness: 'P20D' };
    await writeTo(operator, 0, JSON.stringify(activated(forged, now())));
    await engine.logged(/partition 0 has stopped/);
    const { code, problems } = await diagnosed(operator.environment);
    expect(code).toBe(2);
    expect(others(problems)).toEqual([
      {
        area: 'partition 0',
        problem: 'it is 1 records behind and has not moved for 3 s, though there are engines',
        mend: expect.stringContaining('/readyz'),
      },
    ]);
    await engine.end('SIGTERM');
  });

  describe('tells what does not belong together', () => {
    beforeEach(async () => {
      await publish(operator, policyFile);
      await sendLines(operator, someUpgrades());
      await foldAll(operator);
    });

    const only = async (environment = operator.environment) => {
      const { code, problems, diagnosis } = await diagnosed(environment);
      expect(code).toBe(2);
      expect(diagnosis.partitions.map(({ fits }: { fits: boolean }) => fits)).toContain(false);
      return others(problems).map(({ problem }) => problem);
    };
    const mixedWith = (other: Operator) => ({
      ...other.environment,
      REDIS_KEY_PREFIX: operator.environment.REDIS_KEY_PREFIX,
    });

    test('states past the end of another journal', async () => {
      const other = await makeOperator();
      await createTopics(other);
      await publish(other, policyFile);
      const told = await only(mixedWith(other));
      expect(told).toContainEqual(
        expect.stringMatching(/^the states in Redis are at offset \d+, past the end of the journal \(1\)/),
      );
    });

    test('states of another journal that is as long', async () => {
      const other = await makeOperator();
      await createTopics(other);
      await publish(other, policyFile);
      await sendLines(other, someUpgrades());
      const told = await only(mixedWith(other));
      expect(told).toContainEqual(
        expect.stringMatching(/^the journal holds another record at offset \d+ than the one/),
      );
    });

    test('receipts that are gone', async () => {
      await makeAnew(operator, topics.receipts);
      const told = await only();
      expect(told).toContainEqual(expect.stringMatching(/outputs, and there is no receipt$/));
      expect(told).toContainEqual(expect.stringMatching(/^there are outputs and no receipt/));
    });

    test('a journal without its head, and an empty Redis', async () => {
      await deleteRecords(operator, topics.journal);
      const told = await only({ ...operator.environment, REDIS_KEY_PREFIX: `${operator.prefix}empty` });
      expect(told).toContainEqual(
        expect.stringMatching(/^the journal begins at offset \d+, and Redis knows nothing of the partition/),
      );
    });

    test('keys of another program', async () => {
      const { REDIS_URL, REDIS_KEY_PREFIX } = operator.environment;
      const { redis, whenReady, close } = connectRedis({ REDIS_URL, REDIS_KEY_PREFIX }, { name: 'test' });
      await whenReady(5000);
      await redis.set(`${REDIS_KEY_PREFIX}:{0}:header`, 'a counter');
      await close();
      expect(await only()).toEqual([expect.stringMatching(/:\{0\}:header was not written by alo/)]);
    });

    test('policies that differ, after a publication that was cut short', async () => {
      await writeTo(operator, 1, JSON.stringify(activated({ ...policy, version: 2 }, now())));
      await foldAll(operator);
      const { problems } = await diagnosed(operator.environment);
      expect(others(problems)).toEqual([
        expect.objectContaining({
          area: 'policy',
          problem: expect.stringMatching(/partition 0: small 1; partition 1: small 2/),
        }),
      ]);
    });
  });

  test('goes on where Redis does not answer, says so, and ends with 3', async () => {
    await publish(operator, policyFile);
    const { code, diagnosis } = await diagnosed({ ...operator.environment, REDIS_URL: 'redis://127.0.0.1:1' });
    expect(code).toBe(3);
    expect(diagnosis).toMatchObject({
      unreachable: [expect.stringMatching(/^Redis at redis:\/\/127\.0\.0\.1:1 does not answer/)],
      topics: { differences: [] },
    });
  });
});

describeWithServers(['kafka', 'own redis'], 'alo doctor, of a Redis that is not as it should be', () => {
  let redis: RedisServer | undefined;
  afterAll(async () => redis?.remove());

  test('tells that it evicts, and that it keeps no AOF, each with its mend', async () => {
    redis = await startRedis({
      args: ['--maxmemory', '100mb', '--maxmemory-policy', 'allkeys-lru', '--appendonly', 'no'],
    });
    const { brokers } = await kafkaForTests();
    const operator = await makeOperator({ brokers, redisUrl: redis.url });
    await createTopics(operator);
    const { code, problems } = await diagnosed(operator.environment);
    expect(code).toBe(2);
    expect(problems.filter(({ area }) => area === 'redis')).toEqual([
      {
        area: 'redis',
        problem: expect.stringContaining('maxmemory-policy allkeys-lru'),
        mend: 'set maxmemory-policy noeviction',
      },
      {
        area: 'redis',
        problem: expect.stringMatching(/^Redis keeps no AOF/),
        mend: expect.stringMatching(/appendonly yes/),
      },
    ]);
  });
});
