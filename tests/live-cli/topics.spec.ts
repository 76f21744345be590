import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { topics } from '@alo/contracts';
import { describeTopics } from '@alo/runtime/live';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { scratchFolder } from '../cli/alo-process.ts';
import { describeWithServers } from '../servers/describe-with-servers.ts';
import { makeOperator, type Operator, topicNames, topicsJson } from './operator.ts';

const folder = scratchFolder();
const testMsMax = 60_000;

describeWithServers(['kafka', 'redis'], 'alo topics', () => {
  let operator: Operator;
  let journal: string;

  const json = async (...args: string[]) => {
    const ended = await operator.alo(['topics', ...args, '--json']);
    return { code: ended.code, stderr: ended.stderr, told: JSON.parse(ended.stdout) };
  };

  const makeTopic = async (name: string, numPartitions: number, config: Record<string, string> = {}) => {
    const admin = operator.kafka.admin();
    await admin.connect();
    const configEntries = Object.entries(config).map(([key, value]) => ({ name: key, value }));
    const topic = { topic: name, numPartitions, replicationFactor: 1, configEntries };
    try {
      await admin.createTopics({ waitForLeaders: false, topics: [topic] });
    } finally {
      await admin.disconnect();
    }
  };

  beforeEach(async () => {
    operator = await makeOperator();
    journal = operator.journal;
  });

  test(
    'create makes all that are missing, as the file says, and then check finds nothing and create does nothing',
    async () => {
      const before = await json('check');
      expect(before.code).toBe(2);
      expect(before.told.differences.map(({ topic, found }: never) => [topic, found])).toEqual(
        topicNames.map((name) => [`${operator.prefix}${name}`, 'missing']),
      );
      const created = await operator.alo(['topics', 'create']);
      expect(created).toMatchObject({ code: 0, stderr: '' });
      expect(created.stdout).toMatch(/topic +setting +should be +is\n.*missing.*all topics are as they should be\n$/s);
      expect(await operator.alo(['topics', 'check'])).toMatchObject({
        code: 0,
        stdout: `all ${topicNames.length} topics are as they should be\n`,
      });
      expect((await json('create')).told).toMatchObject({ created: [], set: [], differences: [] });
      const [made] = await describeTopics(operator.kafka, [journal]);
      expect(made).toMatchObject({ partitions: 6, replicationFactor: 1 });
      expect(made?.config['message.timestamp.type']).toBe('LogAppendTime');
    },
    testMsMax,
  );

  test(
    'topics that follow the journal follow it as it is there, and its number of partitions is told and never changed',
    async () => {
      await makeTopic(journal, 3, { 'message.timestamp.type': 'LogAppendTime' });
      const created = await json('create');
      expect(created.code).toBe(2);
      expect(created.told.created).toHaveLength(topicNames.length - 1);
      const left = created.told.differences.filter(({ setting }: { setting: string }) => setting === 'partitions');
      expect(left).toMatchObject([{ topic: journal, wanted: '6', found: '3', mendedBy: 'nobody' }]);
      const found = await describeTopics(operator.kafka, [journal, `${operator.prefix}${topics.receipts}`]);
      expect(found.map(({ partitions }) => partitions)).toEqual([3, 3]);
      const { stdout } = await operator.alo(['topics', 'check']);
      expect(stdout).toMatch(/partitions: never changed: a subscriber's partition follows from the number/);
      expect((await json('check', '--partitions', '3')).told.differences).not.toContainEqual(
        expect.objectContaining({ setting: 'partitions' }),
      );
    },
    testMsMax,
  );

  test(
    'config that differs is set only where that is asked for, and what was set besides stays',
    async () => {
      await makeTopic(journal, 6, { 'message.timestamp.type': 'CreateTime', 'segment.ms': '3600000' });
      const kept = await json('create');
      expect(kept.code).toBe(2);
      expect(kept.told.differences).toContainEqual(
        expect.objectContaining({
          topic: journal,
          setting: 'message.timestamp.type',
          wanted: 'LogAppendTime',
          found: 'CreateTime',
        }),
      );
      const set = await json('create', '--apply-config');
      expect(set).toMatchObject({ code: 0, told: { created: [], differences: [] } });
      expect(set.told.set).toContain(`${journal} message.timestamp.type=LogAppendTime`);
      const [made] = await describeTopics(operator.kafka, [journal]);
      expect(made?.config).toMatchObject({ 'message.timestamp.type': 'LogAppendTime', 'segment.ms': '3600000' });
    },
    testMsMax,
  );

  describe('refuses what cannot be, and creates nothing', () => {
    const described = (name: string, change: (file: Record<string, never>) => unknown): string => {
      const path = join(folder, name);
      writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(topicsJson, 'utf8')))));
      return path;
    };
    const cases: { why: string; args: () => string[]; says: RegExp }[] = [
      {
        why: 'more replicas than brokers',
        args: () => ['--replication', '3'],
        says: /is to have 3 replicas, and there is 1 broker: give --replication 1/,
      },
      { why: 'no partitions', args: () => ['--partitions', '0'], says: /It must be a whole number from 1 to 99999/ },
      { why: 'no file', args: () => ['--file', '/nowhere.json'], says: /cannot be read: there is no such file/ },
      {
        why: 'a file with problems, all of them told',
        args: () => [
          '--file',
          described('wrong.json', (file) => ({ ...file, speed: 1, local: { replicationFactor: 0, config: {} } })),
        ],
        says: /is no description of topics:\n {2}local\.replicationFactor must be at least 1: 0\n {2}it has keys that nobody knows: speed/,
      },
      {
        why: 'a file without a journal',
        args: () => ['--file', described('bare.json', (file) => ({ ...file, topics: [{ name: 'a', partitions: 1 }] }))],
        says: /topics must have alo\.journal\.v1 with a number of partitions/,
      },
      {
        why: 'a minimum of replicas in sync that there cannot be',
        args: () => [
          '--file',
          described('sync.json', (file) => ({
            ...file,
            local: { replicationFactor: 1, config: { 'min.insync.replicas': '2' } },
          })),
        ],
        says: /1 replicas and min\.insync\.replicas=2: nothing could be written to it/,
      },
      {
        why: 'a setting that the broker refuses',
        args: () => [
          '--file',
          described('odd.json', (file) => ({
            ...file,
            local: { replicationFactor: 1, config: { 'min.insync.replicas': '1', 'retention.weeks': '4' } },
          })),
        ],
        says: /alo\.journal\.v1 cannot be created: /,
      },
    ];

    test.each(cases)(
      '$why',
      async ({ args, says }) => {
        const ended = await operator.alo(['topics', 'create', ...args()]);
        expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(says) });
        expect(ended.stderr).not.toMatch(/^ +at /m);
        expect(await describeTopics(operator.kafka, [journal])).toEqual([]);
      },
      testMsMax,
    );
  });
});
