import { describe, expect, test } from '@jest/globals';
import { brokerProblems, replicaProblems } from './broker-problems.ts';
import { zoneData, zoneProblems } from './zone-data.ts';

describe('a broker by the versions of Fetch that it answers', () => {
  test.each([
    { why: 'Kafka 4.3', min: 4, max: 18, old: false },
    { why: 'Kafka 4.0', min: 4, max: 17, old: false },
    { why: 'Kafka 3.9', min: 0, max: 17, old: true },
    { why: 'Kafka 2.8', min: 0, max: 12, old: true },
    { why: 'another make that never had the oldest', min: 4, max: 13, old: true },
  ])('$why is older than 4.0: $old', ({ min, max, old }) => {
    const told = brokerProblems([{ id: 7, address: 'here:9092', fetch: { min, max } }]);
    expect(told.map(({ problem }) => problem)).toEqual(
      old ? [expect.stringMatching(/^broker 7 at here:9092 is older than Kafka 4\.0/)] : [],
    );
  });
});

test('replicas that are not in sync are counted over all topics, and none are no problem', () => {
  const topic = (name: string, outOfSync: number[]) => ({
    name,
    partitions: 6,
    replicationFactor: 2,
    outOfSync,
    config: {},
    ownConfig: [],
  });
  expect(replicaProblems([topic('a', []), topic('b', [])])).toEqual([]);
  expect(replicaProblems([topic('a', [0, 3]), topic('b', []), topic('c', [5])])).toMatchObject([
    { area: 'brokers', problem: 'not all replicas are in sync in 3 partitions of a, c' },
  ]);
});

describe('zone data', () => {
  const now = Date.UTC(2026, 10, 25);
  test.each([
    { tz: '2026c', told: 0 },
    { tz: '2025b', told: 0 },
    { tz: '2024a', told: 1 },
    { tz: undefined, told: 1 },
  ])('of $tz in 2026: $told problem', ({ tz, told }) => {
    expect(zoneProblems({ tz, icu: '1', cldr: '1', node: '26' }, now)).toHaveLength(told);
  });

  test('are told of this process', () => {
    expect(zoneData()).toMatchObject({ tz: expect.stringMatching(/^20\d\d[a-z]$/), node: process.versions.node });
  });
});
