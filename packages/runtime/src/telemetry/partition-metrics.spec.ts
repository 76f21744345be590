import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import type { PartitionCondition } from '../partition-worker.ts';
import { keptTelemetry } from './kept-telemetry.ts';
import { observePartitions } from './partition-metrics.ts';

const conditions = {
  recovering: { kind: 'recovering' },
  running: { kind: 'running' },
  paused: { kind: 'paused', why: 'Redis does not answer' },
  stopped: { kind: 'stopped', why: 'it is not the same log' },
  released: { kind: 'released' },
} as const satisfies Record<string, PartitionCondition>;

type Kind = keyof typeof conditions;

const after = async (...kinds: Kind[]) => {
  const telemetry = keptTelemetry();
  const { onCondition, onProgress } = observePartitions(telemetry);
  onProgress(4, { offset: 40, end: 100 });
  for (const kind of kinds) onCondition(4, conditions[kind]);
  return telemetry.series();
};

const stateOf = (series: Readonly<Record<string, number>>) =>
  Object.entries(series)
    .filter(([name, value]) => name.startsWith('alo_partition_state{') && value === 1)
    .map(([name]) => name);

describe('the state of a partition', () => {
  test.each(Object.keys(conditions) as Kind[])('is %s, and nothing else', async (kind) => {
    const series = await after('recovering', 'running', kind);
    expect(stateOf(series)).toEqual([`alo_partition_state{partition="4",state="${kind}"}`]);
    expect(Object.keys(series).filter((name) => name.startsWith('alo_partition_state{'))).toHaveLength(5);
  });

  test('of one is not that of another', async () => {
    const telemetry = keptTelemetry();
    const { onCondition } = observePartitions(telemetry);
    onCondition(1, conditions.stopped);
    onCondition(2, conditions.running);
    expect(stateOf(await telemetry.series()).sort()).toEqual([
      'alo_partition_state{partition="1",state="stopped"}',
      'alo_partition_state{partition="2",state="running"}',
    ]);
  });
});

describe('the lag of a partition', () => {
  const lag = 'alo_partition_lag_records{partition="4"}';

  test('is how many records lie behind those that are folded', async () => {
    expect((await after('running'))[lag]).toBe(60);
  });

  test('is none where an older end is told of', async () => {
    const telemetry = keptTelemetry();
    observePartitions(telemetry).onProgress(4, { offset: 101, end: 100 });
    expect((await telemetry.series())[lag]).toBe(0);
  });

  test("is no business of ours any more once it is another's", async () => {
    expect((await after('running', 'released'))[lag]).toBe(0);
  });
});

describe('a recovery', () => {
  const counted = (series: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(series).filter(([name]) => name.startsWith('alo_recoveries_total')));
  const labelled = (outcome: string) => `alo_recoveries_total{partition="4",outcome="${outcome}"}`;

  test.each([
    { kinds: ['recovering', 'running'] as const, expected: { [labelled('recovered')]: 1 }, why: 'it succeeded' },
    { kinds: ['recovering', 'paused'] as const, expected: { [labelled('paused')]: 1 }, why: 'it is tried again' },
    { kinds: ['recovering', 'stopped'] as const, expected: { [labelled('stopped')]: 1 }, why: 'it will not pass' },
    { kinds: ['recovering', 'released'] as const, expected: {}, why: 'it was given up, and so neither' },
    {
      kinds: ['recovering', 'running', 'paused'] as const,
      expected: { [labelled('recovered')]: 1 },
      why: 'what fails later is no recovery',
    },
    {
      kinds: ['recovering', 'paused', 'recovering', 'running'] as const,
      expected: { [labelled('paused')]: 1, [labelled('recovered')]: 1 },
      why: 'two',
    },
  ])('is counted by how it ended, after $kinds: $why', async ({ kinds, expected }) => {
    expect(counted(await after(...kinds))).toEqual(expected);
  });

  test('is timed where it succeeded, from its own beginning', async () => {
    const telemetry = keptTelemetry();
    const { onCondition } = observePartitions(telemetry);
    onCondition(4, conditions.recovering);
    await delay(600);
    onCondition(4, conditions.paused);
    onCondition(4, conditions.recovering);
    await delay(60);
    onCondition(4, conditions.running);
    const series = await telemetry.series();
    expect(series.alo_recovery_duration_seconds_count).toBe(1);
    expect(series.alo_recovery_duration_seconds_sum).toBeGreaterThan(0.055);
    expect(series.alo_recovery_duration_seconds_sum).toBeLessThan(0.6);
  });
});
