import { parseArgs } from 'node:util';
import { huntAll } from './hunt.ts';
import { runMany } from './many.ts';
import { runOne } from './one.ts';
import { doubled } from './sabotages/doubled.ts';
import type { Sabotage } from './sabotages/sabotage.ts';
import { sabotages } from './sabotages/sabotages.ts';
import { say, type Wanted } from './wanted.ts';

const help = `npm run sim -- [--seeds N] [--from N] [--seed N [--trace] [--shrink]] [--sabotage NAME | --like NAME] [--json]
npm run sim -- --sabotages [--seeds N] [--until-caught] [--json]

Runs engines over a Kafka and a Redis in memory, of which everything fails that can, and checks what they leave.
  --seeds N       so many runs, 1000 unless told, from --from on
  --seed N        one run; with --trace step by step, with --shrink after all was left out that it fails without
  --sabotage      with a safeguard switched off, by a part of its name
  --like          as it is, in the runs in which that sabotage must be missed
  --sabotages     each safeguard switched off in turn, each in so many runs; fails where one is not missed
  --until-caught  each of these only until it is
  --json          one line of JSON at the end
Exit code 2 where something is wrong.`;

const { values: options } = parseArgs({
  options: {
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

const named = (part: string): Sabotage => {
  const found = [...sabotages, ...doubled].find(({ name }) => name.includes(part));
  if (found) return found;
  process.stderr.write(`no sabotage has ${part} in its name\n`);
  process.exit(wrongUse);
};

const wantedBy = ({ sabotage, like, from, seeds }: typeof options): Wanted => {
  const shaping = sabotage ?? like;
  return {
    sabotage: sabotage === undefined ? undefined : named(sabotage),
    like: shaping === undefined ? undefined : named(shaping),
    seeds: Array.from({ length: Number(seeds) }, (_, n) => Number(from) + n),
    isJson: options.json,
  };
};

const run = (): Promise<boolean> => {
  const wanted = wantedBy(options);
  if (options.sabotages) return huntAll(wanted, options['until-caught']);
  return options.seed === undefined ? runMany(wanted) : runOne(Number(options.seed), wanted, options);
};

if (options.help) say(help);
else process.exitCode = (await run()) ? 0 : violated;
