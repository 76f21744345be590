import { topics } from '@alo/contracts';
import { partitionBounds } from '@alo/runtime/live';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from 'kafkajs';
import { scratchFolder } from '../cli/alo-process.ts';
import { linesOf, minutesAfter, upgrades, writePolicy } from '../cli/event-lines.ts';
import { committedOf } from '../kafka/committed-outputs.ts';
import { describeWithServers, serversMsMax } from '../servers/describe-with-servers.ts';
import { type KafkaServer, startKafka } from '../servers/kafka-server.ts';
import { redisForTests } from '../servers/servers.ts';
import { leaveHanging, type Place } from './hanging.ts';
import { makeOperator, type Operator, runIn } from './operator.ts';
import { caughtUp, createTopics, foldAll, publish, sendLines, startEngine, until } from './running.ts';

jest.setTimeout(120_000);
const policyFile = writePolicy(scratchFolder());
const someUpgrades = (first: number) => linesOf(upgrades(10, minutesAfter(new Date().toISOString(), -20), first));

const user = { mechanism: 'SCRAM-SHA-256', name: 'reader', password: 'hush' } as const;
/** A broker that takes records of transactions without asking their coordinator, and on which not everybody may do all. */
const options = {
  properties: {
    'transaction.partition.verification.enable': 'false',
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': 'User:ANONYMOUS',
    'allow.everyone.if.no.acl.found': 'true',
    'listener.name.users.sasl.enabled.mechanisms': user.mechanism,
    'listener.name.users.scram-sha-256.sasl.jaas.config':
      'org.apache.kafka.common.security.scram.ScramLoginModule required;',
  },
  listeners: { USERS: 'SASL_PLAINTEXT' as const },
  scramUsers: [user],
};

const placeOf = ({ topic, partition }: Place) => `${topic}/${partition}`;

describeWithServers(['own kafka', 'redis'], 'alo doctor --end-transaction', () => {
  let server: KafkaServer;
  let operator: Operator;
  let made = 0;

  beforeAll(async () => {
    const [kafka, redis] = await Promise.all([startKafka(options), redisForTests()]);
    server = kafka;
    operator = await makeOperator({ brokers: server.brokers, redisUrl: redis.url });
    await createTopics(operator);
    await publish(operator, policyFile);
  }, serversMsMax);
  afterAll(() => server?.remove());

  const at = (topic: string, partition: number): Place => ({ topic: `${operator.prefix}${topic}`, partition });
  const ownId = () => {
    made += 1;
    return `${operator.prefix}writer-${made}`;
  };
  const hangIn = (...places: Place[]) => leaveHanging(operator, { transactionalId: ownId(), places });
  const end = (...args: string[]) => operator.alo(['doctor', '--wait', '1', '--end-transaction', ...args]);
  const isOpen = async ({ topic, partition }: Place): Promise<boolean> => {
    const bounds = (await partitionBounds(operator.kafka, [topic])).find((one) => one.partition === partition);
    return bounds !== undefined && bounds.stable < bounds.end;
  };

  /** Writes in a transaction that is open while something else is done, and then commits it. */
  const whileWriting = async <Result>(place: Place, work: (commit: () => Promise<void>) => Promise<Result>) => {
    const { topic, partition } = place;
    const producer = operator.kafka.producer({ transactionalId: ownId(), idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    try {
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages: [{ partition, key: 'alive', value: 'alive' }] });
      const commit = () => transaction.commit();
      const result = await work(commit);
      if (transaction.isActive()) await commit();
      await until('the end is written', async () => !(await isOpen(place)));
      return result;
    } finally {
      await producer.disconnect();
    }
  };
  const lastIn = async ({ topic, partition }: Place) =>
    String((await committedOf(operator.kafka, topic, partition)).at(-1)?.value);

  test('ends what hangs, of which the doctor tells and for which an engine waits, and both go on', async () => {
    await sendLines(operator, someUpgrades(0));
    await foldAll(operator);
    const [tiers, receipts] = [at(topics.tiers, 1), at(topics.receipts, 1)];
    const transactionalId = ownId();
    const { producerId, producerEpoch } = await leaveHanging(operator, { transactionalId, places: [receipts, tiers] });
    await sendLines(operator, someUpgrades(10));
    const said = (await committedOf(operator.kafka, tiers.topic, 1)).length;

    const engine = startEngine(operator);
    await engine.logged(/partition 0 is running/);
    const diagnosis = await operator.alo(['doctor', '--wait', '1', '--json']);
    expect(engine.lines().filter((line) => /partition 1 is running/.test(line))).toEqual([]);
    const { problems } = JSON.parse(diagnosis.stdout);
    const mend = expect.stringContaining(`alo doctor --end-transaction ${placeOf(tiers)} ${placeOf(receipts)} `);
    expect(problems.filter(({ area }: { area: string }) => area === 'transactions')).toEqual([
      expect.objectContaining({ mend }),
      expect.objectContaining({ mend }),
    ]);
    expect(await Promise.all([tiers, receipts].map(isOpen))).toEqual([true, true]);

    const ended = `ended as aborted: the transaction of producer ${producerId} \\(epoch ${producerEpoch}\\), open from offset \\d+ on and last written to \\d+ s ago; readers of committed records go on to offset \\d+`;
    const outputs = await end(placeOf(tiers));
    expect(outputs.stdout).toMatch(new RegExp(`^partition 1 of ${tiers.topic}: ${ended}\n$`));
    expect(await Promise.all([tiers, receipts].map(isOpen))).toEqual([false, true]);
    const { code, stdout, stderr } = await end(placeOf(receipts));
    expect(stdout).toMatch(new RegExp(`^partition 1 of ${receipts.topic}: ${ended}\n$`));
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'transactions are open in 1 partitions: looking for up to 1 s whether they end\n',
    });
    // The engine that waited goes on at once, and may have the next one open.
    await until('nothing hangs', async () => !(await isOpen(receipts)));
    const next = await leaveHanging(operator, { transactionalId, places: [] });
    expect(next).toEqual({ producerId, producerEpoch: producerEpoch + 3 }); // each of the two has fenced the writer

    // One that has waited for too long meanwhile has stopped the partition.
    await engine.end('SIGTERM');
    const after = startEngine(operator);
    await caughtUp(operator);
    await after.end('SIGTERM');
    const now = await committedOf(operator.kafka, tiers.topic, 1);
    expect(now.length).toBeGreaterThan(said);
    expect(now.map(({ value }) => String(value))).not.toContain('lost');
  });

  describe('leaves as it is', () => {
    test('a partition in which nothing is open, and says so of each, receipts last', async () => {
      const [receipts, care] = [at(topics.receipts, 0), at(topics.care, 1)];
      const { code, stdout } = await end(placeOf(receipts), placeOf(care));
      expect(code).toBe(2);
      const none = 'not ended: no transaction is open there, or none for longer than 1 s';
      expect(stdout).toBe(`partition 1 of ${care.topic}: ${none}\npartition 0 of ${receipts.topic}: ${none}\n`);
    });

    test('a transaction that ends within the time', async () => {
      const place = at(topics.care, 0);
      const { code, stdout } = await whileWriting(place, async (commit) => {
        const { child, ended } = operator.start(['doctor', '--wait', '60', '--end-transaction', placeOf(place)]);
        await new Promise((resolve) => child.stderr?.once('data', resolve));
        await commit();
        return ended;
      });
      expect({ code, stdout }).toEqual({ code: 2, stdout: expect.stringContaining('none for longer than 60 s') });
      expect(await lastIn(place)).toBe('alive');
    });

    test('one that its coordinator knows, though it is open for longer; it is committed later', async () => {
      const place = at(topics.care, 1);
      const { code, stdout } = await whileWriting(place, () => end(placeOf(place), '--accept-loss', '--json'));
      expect(code).toBe(2);
      expect(JSON.parse(stdout)).toMatchObject({
        ...place,
        isEnded: false,
        sentence: expect.stringMatching(/: it is not lost: broker 1 coordinates it \(\S+writer-\d+, Ongoing\)/),
      });
      expect(await lastIn(place)).toBe('alive');
    });

    test('one whose receipt may be committed, until the loss is accepted', async () => {
      const place = at(topics.gifts, 0);
      const { producerId } = await hangIn(place);
      const refused = await end(placeOf(place));
      expect(refused.code).toBe(2);
      expect(refused.stdout).toMatch(/: its receipt does not hang in \S+alo\.receipts\.v1\/0: if that was committed/);
      expect(await isOpen(place)).toBe(true);
      const { code, stdout } = await end(placeOf(place), '--accept-loss', '--json');
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ ...place, isEnded: true, stable: 2, transaction: { producerId } });
    });

    /** Lets the user see something, and nothing more. */
    const letSee = async (resourceType: AclResourceTypes, resourceName: string) => {
      const admin = operator.kafka.admin();
      await admin.connect();
      const rule = {
        principal: `User:${user.name}`,
        host: '*',
        operation: AclOperationTypes.DESCRIBE,
        permissionType: AclPermissionTypes.ALLOW,
        resourcePatternType: ResourcePatternTypes.LITERAL,
      };
      await admin.createAcls({ acl: [{ ...rule, resourceType, resourceName }] });
      await admin.disconnect();
    };

    test.each([
      {
        right: 'to write under the transactional id',
        deny: (id: string) => letSee(AclResourceTypes.TRANSACTIONAL_ID, id),
        says: /writer-\d+ cannot be fenced: this user may not write under that transactional id/,
      },
      {
        right: 'to alter the cluster',
        deny: () => letSee(AclResourceTypes.CLUSTER, 'kafka-cluster'),
        says: /the transaction in partition 0 of \S+ cannot be ended: this user needs the right to ALTER the cluster/,
      },
    ])('what a user may not end, and says which right is missing: $right', async ({ deny, says }) => {
      const place = at(topics.receipts, 0);
      const transactionalId = ownId();
      await leaveHanging(operator, { transactionalId, places: [place] });
      await deny(transactionalId);
      const asUser = {
        ...operator.environment,
        KAFKA_BROKERS: server.listeners.USERS as string,
        KAFKA_SASL_MECHANISM: 'scram-sha-256',
        KAFKA_SASL_USERNAME: user.name,
        KAFKA_SASL_PASSWORD: user.password,
      };
      const { code, stderr } = await runIn(asUser, ['doctor', '--wait', '1', '--end-transaction', placeOf(place)]);
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(says) });
      expect(await isOpen(place)).toBe(true);
      expect((await end(placeOf(place))).code).toBe(0);
    });

    test.each([
      {
        why: 'a topic that nobody made',
        place: () => 'alo.other.v1/0',
        says: 'alo.other.v1/0 is none of the partitions',
      },
      { why: 'the journal', place: () => placeOf(at(topics.journal, 0)), says: 'is none of the partitions to which' },
      {
        why: 'no such partition',
        place: () => placeOf(at(topics.tiers, 2)),
        says: 'is none of the partitions to which',
      },
      { why: 'no partition at all', place: () => 'alo.tiers.v1', says: 'It must be TOPIC/PARTITION' },
    ])('what is no place for it, and ends with 1: $why', async ({ place, says }) => {
      const { code, stderr } = await end(place());
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(says) });
    });

    test('everything where a loss is accepted of nothing', async () => {
      const { code, stderr } = await operator.alo(['doctor', '--accept-loss']);
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('--end-transaction') });
    });
  });
});
