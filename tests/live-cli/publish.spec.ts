import { viewPartition } from '@alo/runtime/live';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { scratchFolder } from '../cli/alo-process.ts';
import { activated, policy, writePolicy } from '../cli/event-lines.ts';
import { describeWithServers } from '../servers/describe-with-servers.ts';
import { makeOperator, type Operator, runIn } from './operator.ts';
import { createTopics, foldAll, journalEnds, publish, writeTo } from './running.ts';

const folder = scratchFolder();
const first = writePolicy(folder);
const later = (version: number, more: object = {}, name = `later-${version}.json`) =>
  writePolicy(folder, { ...policy, version, ...more }, name);

const testMsMax = 60_000;

describeWithServers(['kafka', 'redis'], 'alo policy publish', () => {
  let operator: Operator;

  beforeEach(async () => {
    operator = await makeOperator();
    await createTopics(operator);
  }, testMsMax);

  const done = async (file: string, ...args: string[]) => {
    const ended = await operator.alo(['policy', 'publish', file, '--json', ...args]);
    if (ended.code !== 0) throw new Error(ended.stderr);
    return JSON.parse(ended.stdout).placements.map(({ does }: { does: string }) => does);
  };

  const refusal = async (file: string): Promise<string> => {
    const before = await journalEnds(operator);
    const { code, stderr } = await operator.alo(['policy', 'publish', file]);
    expect(code).toBe(1);
    expect(await journalEnds(operator)).toEqual(before);
    return stderr;
  };

  test(
    'writes one activation to every partition, and again none; a dry run tells where and writes none',
    async () => {
      const dry = await operator.alo(['policy', 'publish', first, '--dry-run']);
      expect(dry).toMatchObject({ code: 0, stderr: '' });
      expect(dry.stdout).toMatch(/0 +no policy +would be written\n1 +no policy +would be written\n$/);
      expect(await journalEnds(operator)).toEqual([0, 0]);
      expect((await operator.alo(['policy', 'publish', first])).stdout).toMatch(
        /0 +no policy +written\n1 +no policy +written\n$/,
      );
      expect(await journalEnds(operator)).toEqual([1, 1]);
      expect(await done(first)).toEqual(['pass-over', 'pass-over']);
      expect(await journalEnds(operator)).toEqual([1, 1]);
      await viewPartition(operator.kafka, { topic: operator.journal, partition: 1 }, async ({ records }) => {
        for await (const [record] of records(0, 1)) {
          expect(JSON.parse(String(Buffer.from(record?.value ?? [])))).toMatchObject({
            type: 'alo.policy.activated.v1',
            source: '/alo/publish',
            id: 'small/1',
            data: { policy },
          });
        }
      });
    },
    testMsMax,
  );

  test(
    'goes on where it was cut short: partitions that have the policy are passed over',
    async () => {
      await writeTo(operator, 0, JSON.stringify(activated(policy, new Date().toISOString())));
      expect(await done(first)).toEqual(['pass-over', 'write']);
      expect(await journalEnds(operator)).toEqual([1, 1]);
    },
    testMsMax,
  );

  test(
    'a version only rises: what cannot follow is refused, naming the partitions, and written nowhere',
    async () => {
      await publish(operator, later(2));
      expect(await refusal(first)).toMatch(
        /partitions 0, 1: version 2 of policy small is running: a version only rises/,
      );
      expect(await refusal(later(2, { lateness: 'P30D' }, 'other.json'))).toMatch(
        /version 2 of policy small is running with other content/,
      );
      expect(await refusal(later(3, { id: 'big' }, 'big.json'))).toMatch(/this journal runs policy small, not big/);
      expect(await refusal(later(3, { zone: 'Asia/Tokyo' }, 'zone.json'))).toMatch(
        /zone of policy small can never change/,
      );
      expect(await refusal(later(3, { currency: 'dong' }, 'wrong.json'))).toMatch(/has 1 problem/);
      await writeTo(operator, 1, JSON.stringify(activated({ ...policy, version: 4 }, new Date().toISOString())));
      expect(await refusal(later(3))).toMatch(/ {2}partition 1: version 4 of policy small is running/);
      expect(await done(later(5))).toEqual(['write', 'write']);
    },
    testMsMax,
  );

  describe('with states in Redis', () => {
    const forgetJournal = async () => {
      const admin = operator.kafka.admin();
      await admin.connect();
      try {
        const ends = await admin.fetchTopicOffsets(operator.journal);
        const partitions = ends.map(({ partition, high }) => ({ partition, offset: high }));
        await admin.deleteTopicRecords({ topic: operator.journal, partitions });
      } finally {
        await admin.disconnect();
      }
    };

    test(
      'knows what runs where the journal has forgotten it, and what the journal holds behind the states',
      async () => {
        await publish(operator, first);
        await foldAll(operator);
        await forgetJournal();
        expect(await done(first)).toEqual(['pass-over', 'pass-over']);
        const { REDIS_URL: _, ...withoutRedis } = operator.environment;
        const blind = await runIn(withoutRedis, ['policy', 'publish', first, '--dry-run']);
        expect(blind.stdout).toMatch(/0 +no policy +would be written/);
        await publish(operator, later(2));
        expect(await refusal(first)).toMatch(/version 2 of policy small is running/);
      },
      testMsMax,
    );

    test(
      'refuses to trust states of another journal',
      async () => {
        await publish(operator, first);
        await foldAll(operator);
        const other = await makeOperator();
        await createTopics(other);
        const mixed = { ...other.environment, REDIS_KEY_PREFIX: operator.environment.REDIS_KEY_PREFIX };
        expect(await runIn(mixed, ['policy', 'publish', first])).toMatchObject({
          code: 1,
          stderr: expect.stringMatching(
            /^alo: partition \d: its states in Redis are at offset 1, past the end of the journal \(0\)/,
          ),
        });
        expect(await journalEnds(other)).toEqual([0, 0]);
      },
      testMsMax,
    );

    test(
      'looks through the journal where Redis does not answer, and says so',
      async () => {
        await publish(operator, first);
        const ended = await runIn({ ...operator.environment, REDIS_URL: 'redis://127.0.0.1:1' }, [
          'policy',
          'publish',
          first,
        ]);
        expect(ended.code).toBe(0);
        expect(ended.stderr).toMatch(
          /^Redis at redis:\/\/127\.0\.0\.1:1 does not answer .*; the journal is looked through instead\n$/,
        );
        expect(ended.stdout).toMatch(/0 +small version 1 +has it already/);
      },
      testMsMax,
    );
  });
});
