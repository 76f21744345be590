import { parseArgs } from 'node:util';
import { huntAll } from './hunt.ts';
import { engines, type Lives, runs } from './lives.ts';
import { runMany } from './many.ts';
import { runOne } from './one.ts';
import type { Sabotage } from './sabotages/sabotage.ts';
import { say, type Wanted } from './wanted.ts';

const help = `npm run sim -- [--of engines|runs] [--seeds N] [--from N] [--seed N [--trace] [--shrink]]
               [--sabotage NAME | --like NAME] [--json]
npm run sim -- --sabotages [--of engines|runs] [--seeds N] [--until-caught] [--json]

Lives through what may befall alo, and checks what is left:
  engines         over a Kafka and a Redis in memory, of which everything fails that can
  runs            of alo run over files, killed and started again, on a disk in memory that is full or loses its tail
  --of            one of these; else both, runs a tenth as many
  --seeds N       so many lives, 1000 unless told, from --from on
  --seed N        one life, of engines unless told; with --trace step by step, with --shrink after all was left out
                  that it fails without
  --sabotage      with a safeguard switched off, by a part of its name
  --like          as it is, in the lives in which that sabotage must be missed
  --sabotages     each safeguard switched off in turn, each in so many lives; fails where one is not missed
  --until-caught  each of these only until it is
  --json          one line of JSON at the end
Exit code 2 where something is wrong.`;

const { values: options } = parseArgs({
  options: {
    of: { type: 'string' },
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '0' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
    shrink: { type: 'boolean', default: false },
    sabotage: { type: 'string' },
    like: { type: 'string' },
    sabotages: { type: 'boolean', default: false },
    'until-caught': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const wrongUse = 1;
const violated = 2;

const refuse = (why: string): never => {
  process.stderr.write(`${why}\n`);
  process.exit(wrongUse);
};

const wantedOf = <Life, Subject, Where>(lives: Lives<Life, Subject, Where>, share: number): Wanted<Where> => {
  const named = (part: string | undefined): Sabotage<Where> | undefined =>
    part === undefined ? undefined : [...lives.sabotages, ...lives.doubled].find(({ name }) => name.includes(part));
  const sabotage = named(options.sabotage);
  return {
    sabotage,
    like: named(options.like) ?? sabotage,
    seeds: Array.from({ length: Math.ceil(Number(options.seeds) * share) }, (_, n) => Number(options.from) + n),
    isJson: options.json,
  };
};

const perform = <Life, Subject, Where>(lives: Lives<Life, Subject, Where>, share: number): Promise<boolean> => {
  const wanted = wantedOf(lives, share);
  if (options.sabotages) return huntAll(lives, wanted, options['until-caught']);
  return options.seed === undefined ? runMany(lives, wanted) : runOne(lives, Number(options.seed), wanted, options);
};

const has = <Life, Subject, Where>({ sabotages, doubled }: Lives<Life, Subject, Where>, part: string): boolean =>
  [...sabotages, ...doubled].some(({ name }) => name.includes(part));

/** A sabotage is of one kind of lives only. */
const ofWanted = (): string | undefined => {
  const shaping = options.sabotage ?? options.like;
  if (shaping === undefined) return options.of ?? (options.seed === undefined ? undefined : engines.of);
  if (has(engines, shaping)) return engines.of;
  return has(runs, shaping) ? runs.of : refuse(`no sabotage has ${shaping} in its name`);
};

const shareOfRuns = 0.1;

const run = async (): Promise<boolean> => {
  const of = ofWanted();
  if (of === engines.of) return perform(engines, 1);
  if (of === runs.of) return perform(runs, 1);
  if (of !== undefined) refuse(`--of is engines or runs, and not ${of}`);
  const share = options.sabotages ? 1 : shareOfRuns;
  const isRight = await perform(engines, 1);
  return (await perform(runs, share)) && isRight;
};

if (options.help) say(help);
else process.exitCode = (await run()) ? 0 : violated;
