import { parseArgs } from 'node:util';
import type { Fault } from './faults.ts';
import { appendRun, writeReport } from './report.ts';
import { type ChaosRun, runChaos } from './run.ts';
import { runLiveSabotages } from './sabotages-live.ts';

const help = `npm run chaos -- [--minutes M] [--seed S] [--rate N] [--only TEXT] [--report] [--json]
npm run chaos -- --sabotages [--sabotage NAME]

Starts three Kafka brokers, a Redis, intake, three engines and a clock, writes events to them, and has faults befall
all of it: kills, stops, halts, cut and slow connections, a Redis that is full, emptied or restored from an old copy,
brokers that go and others that are elected, and a fault at each named point of a step. Then it compares what
subscribers of the topics have been told, and what lies in Redis, with what the journal comes to.
  --minutes M    how long faults come; 5 unless told
  --seed S       which faults, when, and what events; one of chance unless told
  --rate N       events a second; 200 unless told
  --only TEXT    only faults with this in their name
  --sabotage N   with a safeguard of the engines switched off, by its whole name: npm run sim -- --sabotages tells them
  --report       adds the run to tests/chaos/runs.ndjson, and writes tests/chaos/REPORT.md anew
  --sabotages    each safeguard that can be switched off on real servers is, in a scene in which it must be missed;
                 only those with N in their name, where --sabotage N is given
  --json         one line of JSON at the end
Exit code 1 for wrong use, 2 where something is wrong, 3 where the servers could not be started.`;

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string' },
    rate: { type: 'string', default: '200' },
    only: { type: 'string', default: '' },
    sabotage: { type: 'string', default: '' },
    report: { type: 'boolean', default: false },
    sabotages: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const violated = 2;
const noServers = 3;

const say = (text: string) => process.stdout.write(`${text}\n`);
const tell = (sentence: string) => process.stderr.write(`${sentence}\n`);

const isWanted = ({ kind, victims }: Fault): boolean =>
  victims.some((victim) => `${victim}: ${kind}`.includes(options.only));

const sentence = ({ seed, seconds, episodes, sources, journal, outputs, ...wrong }: ChaosRun): string =>
  `seed ${seed}: ${Math.round(seconds / 6) / 10} minutes, ${episodes.length} episodes, ${sources} events, ${journal} records, ` +
  `${outputs} outputs: lost ${wrong.lost + wrong.lostAtIntake}, doubled ${wrong.doubled}, foreign ${wrong.foreign}` +
  wrong.problems.map((problem) => `\n  ${problem}`).join('') +
  (wrong.folder === undefined ? '' : `\nall that was logged lies in ${wrong.folder}`);

const wrongUse = 1;

/** Every number that is none is told at once. */
const wrongNumbers = (): string[] =>
  (['minutes', 'rate', 'seed'] as const).flatMap((name) => {
    const given = options[name];
    return given === undefined || (given !== '' && Number(given) >= 0 && Number.isFinite(Number(given)))
      ? []
      : [`--${name} must be a number, not negative: ${JSON.stringify(given)}`];
  });

const runOnce = async (): Promise<boolean> => {
  const seed = options.seed === undefined ? Math.floor(Math.random() * 1e6) : Number(options.seed);
  tell(`seed ${seed}`);
  const ran = await runChaos({
    seed,
    minutes: Number(options.minutes),
    perSecond: Number(options.rate),
    isWanted,
    engineEnvironment: options.sabotage === '' ? {} : { ALO_SABOTAGE: options.sabotage },
    tell,
  });
  say(options.json ? JSON.stringify(ran) : sentence(ran));
  if (options.report) {
    appendRun(ran);
    writeReport();
  }
  return ran.problems.length === 0;
};

if (options.help) say(help);
else if (wrongNumbers().length > 0) {
  for (const problem of wrongNumbers()) tell(problem);
  process.exitCode = wrongUse;
} else {
  // Where something has failed, ways may still be open.
  process.exit(
    await (options.sabotages ? runLiveSabotages(say, options.sabotage) : runOnce()).then(
      (isRight) => (isRight ? 0 : violated),
      (error: Error) => {
        tell(error.message);
        return noServers;
      },
    ),
  );
}
