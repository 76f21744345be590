import { describe, expect, test } from '@jest/globals';
import { clockProblems, engineProblems, policyProblems, standstill } from './movement.ts';
import type { PartitionReport } from './partition-report.ts';

const report = (partition: number, more: Partial<PartitionReport> = {}): PartitionReport => ({
  partition,
  applied: 10,
  published: 10,
  journalFrom: 0,
  journalEnd: 10,
  behind: 0,
  outputs: 1,
  engine: '1',
  policy: 'small 1',
  fits: true,
  ...more,
});

describe('a standstill', () => {
  const cases: { why: string; before: Partial<PartitionReport>; now: Partial<PartitionReport>; told: number }[] = [
    { why: 'behind, and where it stood', before: { behind: 5 }, now: { behind: 5 }, told: 1 },
    { why: 'behind by more, and where it stood', before: { behind: 5 }, now: { behind: 9 }, told: 1 },
    { why: 'behind, but one further', before: { behind: 5 }, now: { behind: 5, applied: 11 }, told: 0 },
    { why: 'behind only now', before: { behind: 0 }, now: { behind: 1 }, told: 0 },
    { why: 'no longer behind', before: { behind: 5 }, now: { behind: 0 }, told: 0 },
  ];
  test.each(cases)('$why: $told', ({ before, now, told }) => {
    expect(standstill([report(0, before)], [report(0, now)], 3000)).toHaveLength(told);
  });
});

test('partitions with another policy than the others are told, but not those that are behind', () => {
  const old = { policy: 'small 1' };
  const recent = { policy: 'small 2' };
  expect(policyProblems([report(0, recent), report(1, { ...old, behind: 1 })])).toEqual([]);
  expect(policyProblems([report(0, recent), report(1, recent), report(2, old)])).toMatchObject([
    { problem: expect.stringContaining('(partitions 0, 1: small 2; partition 2: small 1)') },
  ]);
});

test('an empty group of engines is a problem, and one engine is none', () => {
  expect(engineProblems({ state: 'Dead', members: 0 }, 'g')).toHaveLength(1);
  expect(engineProblems({ state: 'Stable', members: 1 }, 'g')).toEqual([]);
});

describe('append times', () => {
  const now = 1_000_000;
  const cases: { why: string; at: number | undefined; says: RegExp | undefined }[] = [
    { why: 'just now', at: now, says: undefined },
    { why: 'exactly a minute ago', at: now - 60_000, says: undefined },
    { why: 'more than a minute ago', at: now - 60_001, says: /nothing was appended to partition 1 of the journal/ },
    { why: 'a second in the future', at: now + 1000, says: undefined },
    {
      why: 'further in the future',
      at: now + 1001,
      says: /last record of partition 1 of the journal was appended in the future/,
    },
    { why: 'never', at: undefined, says: undefined },
  ];
  test.each(cases)('$why', ({ at, says }) => {
    const told = clockProblems([now, at], now).map(({ problem }) => problem);
    expect(told).toEqual(says ? [expect.stringMatching(says)] : []);
  });
});
