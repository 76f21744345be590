import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sabotages } from '../simulation/sabotages/sabotages.ts';
import type { Survived } from './episodes.ts';
import type { ChaosRun } from './run.ts';

const place = (name: string): string => join(import.meta.dirname, name);

/** What `npm run sim -- --json` tells of many seeds, and which they were. */
type SeedsRun = {
  readonly of: string;
  readonly from: number;
  readonly ran: number;
  readonly steps: number;
  readonly outputs: number;
  readonly perSecond: number;
  readonly stopped: number;
  readonly unverified: number;
  readonly violations: readonly unknown[];
};

/** A run, and of which commit it was. */
type KeptRun = ChaosRun & { readonly commit: string };

/** Keeps a run for the report. */
export const appendRun = ({ folder: _, ...run }: ChaosRun): void => {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  appendFileSync(place('runs.ndjson'), `${JSON.stringify({ ...run, commit } satisfies KeptRun)}\n`);
};

const linesOf = <Line>(text: string): Line[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

const count = (n: number): string => n.toLocaleString('en-US');
const seconds = (ms: number): string => (ms / 1000).toFixed(1);
const sumOf = <Item>(items: readonly Item[], of: (item: Item) => number): number =>
  items.reduce((sum, item) => sum + of(item), 0);

const quantile = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)] as number;

/** Median, 99th percentile and worst, in seconds. */
const spread = (episodes: readonly Survived[]): string => {
  const sorted = episodes.map(({ recoveredMs }) => recoveredMs).sort((a, b) => a - b);
  return sorted.length === 0
    ? ' | | '
    : [quantile(sorted, 0.5), quantile(sorted, 0.99), sorted.at(-1) as number].map(seconds).join(' | ');
};

const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const runsTable = (runs: readonly KeptRun[]): string =>
  table(
    [
      'commit',
      'seed',
      'minutes',
      'events a second',
      'episodes',
      'events',
      'journal',
      'outputs',
      'lost',
      'doubled',
      'foreign',
      'else wrong',
    ],
    runs.map((run) => [
      run.commit,
      `${run.seed}`,
      (run.seconds / 60).toFixed(1),
      `${run.perSecond}`,
      count(run.episodes.length),
      count(run.sources),
      count(run.journal),
      count(run.outputs),
      `${run.lost + run.lostAtIntake}`,
      `${run.doubled}`,
      `${run.foreign}`,
      `${run.problems.length}`,
    ]),
  );

const faultsTable = (episodes: readonly Survived[]): string => {
  const kinds = [...new Set(episodes.flatMap(({ faults }) => faults))].sort();
  return table(
    ['fault', 'times', 'of these alone', 'median', '99th percentile', 'worst'],
    kinds.map((kind) => {
      const those = episodes.filter(({ faults }) => faults.includes(kind));
      const alone = those.filter(({ faults }) => faults.length === 1);
      return [kind, `${those.length}`, `${alone.length}`, spread(alone)];
    }),
  );
};

const failPointsTable = (runs: readonly ChaosRun[]): string => {
  const sums = new Map<string, number>();
  for (const { failPoints } of runs)
    for (const [name, times] of Object.entries(failPoints)) sums.set(name, (sums.get(name) ?? 0) + times);
  const points = [...new Set([...sums.keys()].map((name) => name.split(': ')[0] as string))].sort();
  const actions = ['kill', 'stop', 'throw', 'slow', 'not come to'];
  return table(
    ['point', 'killed', 'halted', 'failed', 'delayed', 'not come to in time'],
    points.map((point) => [point, ...actions.map((action) => `${sums.get(`${point}: ${action}`) ?? 0}`)]),
  );
};

const seedsTable = (runs: readonly SeedsRun[]): string =>
  table(
    [
      'lives of',
      'seeds',
      'steps',
      'outputs',
      'seeds a second of one core',
      'stopped as they must',
      'recoveries that could not be verified',
      'with something wrong',
    ],
    runs.map(({ of, from, ran, steps, outputs, perSecond, stopped, unverified, violations }) => [
      of,
      `${count(from)} to ${count(from + ran - 1)}`,
      count(steps),
      count(outputs),
      `${perSecond}`,
      count(stopped),
      count(unverified),
      `${violations.length}`,
    ]),
  );

/** What `npm run sim -- --sabotages --json` tells. */
type Hunted = { readonly name: string; readonly ran: number; readonly caught: number };

const missedLive = /^(.+): missed, for (.+)$/;
const notLive = /^\(not on real servers: (.+?): (.+)\)$/;

/** What `npm run chaos -- --sabotages` tells of each. */
const liveVerdicts = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text.split('\n').flatMap((line): [string, string][] => {
      const [, missed] = missedLive.exec(line) ?? [];
      const [, named, why] = notLive.exec(line) ?? [];
      if (missed !== undefined) return [[missed, 'missed']];
      return named === undefined || why === undefined ? [] : [[named, `no scene: ${why}`]];
    }),
  );

/** Where it was seen to be missed. */
const seldom = (name: string): string => {
  const seed = sabotages.find((sabotage) => sabotage.name === name)?.seenIn;
  return seed === undefined ? '' : `, and in seed ${seed}`;
};

const howOften = ({ name, ran, caught }: Hunted): string =>
  `in ${count(caught)} of ${count(ran)} seeds${caught === 0 ? seldom(name) : ''}`;

const sabotagesTable = (hunted: readonly Hunted[], live: ReadonlyMap<string, string>): string =>
  table(
    ['safeguard that is switched off', 'missed in the simulation', 'on real servers'],
    hunted.map((one) => [one.name, howOften(one), live.get(one.name) ?? 'not played']),
  );

const runsSabotagesTable = (hunted: readonly Hunted[]): string =>
  table(
    ['safeguard of `alo run` that is switched off', 'missed in the simulation'],
    hunted.map((one) => [one.name, howOften(one)]),
  );

type Kept = {
  readonly runs: readonly KeptRun[];
  readonly seeds: readonly SeedsRun[];
  /** Of engines, and of runs. */
  readonly hunted: readonly [readonly Hunted[], readonly Hunted[]];
  readonly live: ReadonlyMap<string, string>;
  readonly found: string;
};

const reportOf = ({ runs, seeds, hunted, live, found }: Kept): string => {
  const [ofEngines, ofRuns] = hunted;
  const episodes = runs.flatMap((run) => run.episodes);
  return `# What was tried, and what came of it

Written by \`npm run chaos -- --report\` from \`runs.ndjson\`, from what \`npm run sim -- --json\` has told (\`seeds.ndjson\`, \`sabotages.ndjson\`), from what \`npm run chaos -- --sabotages\` has told (\`sabotages-live.txt\`), and from \`found.md\`.

## Chaos on real servers

Three Kafka brokers, a Redis, intake, three engines and a clock; a load of charges, bills, payments, profiles, listings that end within the minute, suspension requests, broken records, each in one of three forms. ${count(runs.length)} runs, ${(sumOf(runs, (run) => run.seconds) / 3600).toFixed(1)} hours, ${count(sumOf(runs, (run) => run.sources))} events, ${count(sumOf(runs, (run) => run.outputs))} outputs: **lost ${sumOf(runs, (run) => run.lost + run.lostAtIntake)}, doubled ${sumOf(runs, (run) => run.doubled)}, foreign ${sumOf(runs, (run) => run.foreign)}**.

${runsTable(runs)}

Lost, doubled, foreign: what subscribers of committed records find in all output topics and in the dead letters, against the fold of the journal, output by output and in order; Kafka's own console consumer reads the same records. Besides, R, each state in Redis and the index of what falls due are those of the fold, and every event of the operator's is in the journal or lies in the dead letters of intake. ${count(sumOf(runs, (run) => run.unverified))} recoveries of a partition could not compare what they would have said with what was said, for Redis held values whose R was lost.

### Recovery

From the end of a fault until all that had been written by then was taken in, folded, published and applied, through intake, in seconds: median, 99th percentile, worst.

${table(['episodes', 'median', '99th percentile', 'worst'], [[count(episodes.length), spread(episodes)]])}

One to three faults make an episode. The times are of those that came alone.

${faultsTable(episodes)}

### At each point of a step

${failPointsTable(runs)}

Some points are come to seldom under load: a clock ticks only where nothing else moves the time, little is folded again where Redis is close behind, hundreds of things do not fall due in one record, and a journal begins once. Those are met in scenes of their own: \`npm run chaos -- --sabotages\` and \`fail-points.spec.ts\`.

## Simulation

\`npm run sim\`: the same worker, recovery, log and states over a Kafka and a Redis in memory, under a scheduler that a seed decides; and the code of \`alo run\` over files and a database in memory, killed or stopped at any of its calls, on a disk that is full or loses its tail, its database restored from an old copy.

${seedsTable(seeds)}

## Can the checkers fail?

Each safeguard is switched off in turn, by one change of the source as it is loaded. In the simulation that is done in so many seeds in which more of that happens in which it must be missed; on real servers in a scene of its own, which is played without the change too, and then nothing may be wrong.

${sabotagesTable(ofEngines, live)}

A run over files has no servers: it is killed for real in \`tests/cli/kill.spec.ts\`.

${runsSabotagesTable(ofRuns)}

${found}`;
};

const textOf = (file: string): string => (existsSync(place(file)) ? readFileSync(place(file), 'utf8') : '');

/** What was told last: first of engines, then of runs. */
const huntedIn = (text: string): Kept['hunted'] => {
  const [ofEngines = [], ofRuns = []] = linesOf<Hunted[]>(text).slice(-2);
  return [ofEngines, ofRuns];
};

/** Writes REPORT.md anew from all that is kept. */
export const writeReport = (): void =>
  writeFileSync(
    place('REPORT.md'),
    reportOf({
      runs: linesOf(textOf('runs.ndjson')),
      seeds: linesOf(textOf('seeds.ndjson')),
      hunted: huntedIn(textOf('sabotages.ndjson')),
      live: liveVerdicts(textOf('sabotages-live.txt')),
      found: textOf('found.md'),
    }),
  );
