import type { FoundGroup } from '@alo/runtime/live';
import { named } from '../journal-partitions.ts';
import type { PartitionReport } from './partition-report.ts';
import type { Problem } from './problem.ts';

/** Engines that are not there, though there is something to fold. */
export const engineProblems = (group: FoundGroup, groupId: string): Problem[] =>
  group.members > 0
    ? []
    : [
        {
          area: 'engines',
          problem: `no engine is running in the group ${groupId}: nothing is folded`,
          mend: 'start one, or let ALO_GROUP name the group that they are in',
        },
      ];

/** Partitions that are behind and stand where they stood some time ago, though there are engines. */
export const standstill = (
  before: readonly PartitionReport[],
  now: readonly PartitionReport[],
  lookedAgainMs: number,
): Problem[] =>
  now
    .filter(({ behind, applied }, n) => behind > 0 && (before[n]?.behind ?? 0) > 0 && before[n]?.applied === applied)
    .map(({ partition, behind }) => ({
      area: `partition ${partition}`,
      problem: `it is ${behind} records behind and has not moved for ${lookedAgainMs / 1000} s, though there are engines`,
      mend: 'the log of the engine that owns it, and its /readyz, say why in one sentence',
    }));

/** Partitions whose policy is another than that of most. */
export const policyProblems = (reports: readonly PartitionReport[]): Problem[] => {
  const settled = reports.filter(({ behind, policy }) => behind === 0 && policy !== undefined);
  const byPolicy = Map.groupBy(settled, ({ policy }) => policy as string);
  if (byPolicy.size < 2) return [];
  const told = [...byPolicy].map(([policy, all]) => `${named(all.map(({ partition }) => partition))}: ${policy}`);
  return [
    {
      area: 'policy',
      problem: `not all partitions run the same policy (${told.join('; ')})`,
      mend: 'a publication was cut short: give alo policy publish again, with the newest',
    },
  ];
};

/** How long a journal may stand still, in ms: a clock ticks every second. */
const stillMsMax = 60_000;
const aheadMsMax = 1000;

/** What the append times of the journal say: whether a clock runs, and whether the brokers' clocks are right. */
export const clockProblems = (appendedAtMs: readonly (number | undefined)[], nowMs: number): Problem[] => {
  const told = appendedAtMs.map((ms, partition) => ({ partition, ms })).filter(({ ms }) => ms !== undefined);
  const still = told.filter(({ ms }) => nowMs - (ms as number) > stillMsMax).map(({ partition }) => partition);
  const ahead = told.filter(({ ms }) => (ms as number) - nowMs > aheadMsMax).map(({ partition }) => partition);
  return [
    ...(still.length === 0
      ? []
      : [
          {
            area: 'clock',
            problem: `nothing was appended to ${named(still)} of the journal for more than a minute: nothing falls due there`,
            mend: 'start a clock',
          },
        ]),
    ...(ahead.length === 0
      ? []
      : [
          {
            area: 'clock',
            problem: `the last record of ${named(ahead)} of the journal was appended in the future of this host`,
            mend: 'synchronise the clocks of the brokers and of this host (NTP)',
          },
        ]),
  ];
};
