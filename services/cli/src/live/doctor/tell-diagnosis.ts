import type { FoundBroker, RedisDescription } from '@alo/runtime/live';
import { tableOf } from '../table.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { PartitionReport } from './partition-report.ts';
import type { Problem } from './problem.ts';

const figure = (count: number | undefined) => (count === undefined ? '-' : count.toLocaleString('en-US'));
const megabytes = (bytes: number | undefined) => (bytes === undefined ? '?' : `${Math.ceil(bytes / 1024 / 1024)} MB`);

const brokerWords = (brokers: readonly FoundBroker[]): string =>
  `${brokers.length} at ${brokers.map(({ address }) => address).join(', ')}`;

const clockWords = (aheadMs: number): string =>
  `clock ${Math.round(Math.abs(aheadMs))} ms ${aheadMs < 0 ? 'behind' : 'ahead'}`;

const redisWords = (redis: RedisDescription): string =>
  [
    `version ${redis.version ?? 'not told'}`,
    redis.hasAof === undefined ? 'AOF not told' : redis.hasAof ? 'AOF' : 'no AOF',
    redis.evictionPolicy ?? 'maxmemory-policy not told',
    `${megabytes(redis.usedBytes)} used${redis.maxBytes ? ` of ${megabytes(redis.maxBytes)}` : ', no bound'}`,
    ...(redis.clockAheadMs === undefined ? [] : [clockWords(redis.clockAheadMs)]),
    `answers in ${redis.answeredInMs.toFixed(1)} ms`,
  ].join(', ');

const topicWords = ({ wanted, differences }: NonNullable<Diagnosis['topics']>): string =>
  differences.length === 0
    ? `${wanted} as they should be`
    : `${differences.length} differences from what they should be`;

const sections = ({ brokers, topics, hanging, engines, redis, zoneData }: Diagnosis): string[][] => [
  ['brokers', brokers ? brokerWords(brokers) : 'no answer'],
  ['topics', topics ? topicWords(topics) : 'no answer'],
  ['transactions', hanging ? (hanging.length === 0 ? 'none hangs' : `${hanging.length} hang`) : 'no answer'],
  ['engines', engines ? `${engines.members} in the group ${engines.groupId}` : 'no answer'],
  ['redis', redis ? redisWords(redis) : 'no answer'],
  [
    'zone data',
    `tz ${zoneData.tz ?? '?'}, ICU ${zoneData.icu ?? '?'}, CLDR ${zoneData.cldr ?? '?'}, Node ${zoneData.node}`,
  ],
];

const head = ['partition', 'applied (R)', 'published (C)', 'journal', 'behind', 'outputs', 'engine', 'policy', 'fits'];

const rowOf = (one: PartitionReport): string[] => [
  `${one.partition}`,
  figure(one.applied),
  figure(one.published),
  `${figure(one.journalFrom)} to ${figure(one.journalEnd)}`,
  figure(one.behind),
  figure(one.outputs),
  one.engine ?? '-',
  one.policy ?? '-',
  one.fits ? 'yes' : 'NO',
];

/** Where the next is mended in the same way, the mend comes after that. */
const problemLines = ({ area, problem, mend }: Problem, n: number, all: readonly Problem[]): string[] =>
  all[n + 1]?.mend === mend ? [`${area}: ${problem}`] : [`${area}: ${problem}`, `  -> ${mend}`];

const conclusion = ({ problems, unreachable }: Diagnosis): string[] => {
  if (problems.length + unreachable.length === 0) return ['', 'no problems'];
  return ['', ...unreachable.map((sentence) => `NO ANSWER  ${sentence}`), ...problems.flatMap(problemLines)];
};

/** A diagnosis as tables, and under them each problem with its mend. */
export const tellDiagnosis = (diagnosis: Diagnosis): string => {
  const { partitions } = diagnosis;
  return [
    tableOf(['looked at', 'found'], sections(diagnosis)),
    ...(partitions ? ['', tableOf(head, partitions.map(rowOf))] : []),
    ...conclusion(diagnosis),
  ].join('\n');
};
