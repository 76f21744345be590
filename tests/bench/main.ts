import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Measured } from './measured.ts';
import { eventsOf, policies, type Workload } from './workload.ts';

const cli = join(import.meta.dirname, '../../services/cli/bin/alo.js');
const scripts = { bare: 'bare-loop.ts', fold: 'fold-alone.ts', alo: 'whole-run.ts', million: 'million.ts' } as const;
type Script = (typeof scripts)[keyof typeof scripts];

/** What is compared: a script, and the policy it runs. */
const compared = {
  bare: [scripts.bare, policies.mobifone],
  fold: [scripts.fold, policies.mobifone],
  alo: [scripts.alo, policies.mobifone],
  'alo, every section': [scripts.alo, policies.everySection],
} as const;
type Name = keyof typeof compared;
const names = Object.keys(compared) as Name[];

const help = `npm run bench [-- --rounds N] [--large]

One run, side by side, each in a process of its own, in interleaved rounds:
  bare    read, parse and validate the file, nothing else
  fold    the fold alone, on parsed events
  alo     alo run, from file to triggers, SQLite with synchronous=FULL
  alo, every section   the same with a policy in which every section has something to do
Then, with --large, a run over a million subscribers with that policy: its memory, what a day on which one in a hundred
has something due takes more than a quiet one, and how long the activation of another policy takes.`;

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, large: { type: 'boolean' }, help: { type: 'boolean' } },
});

/** What the first line of services/cli/bin/alo.js gives alo, which keeps its memory small. */
const [, variables = '', flags = ''] = /^#!.*-S (.*?) ?node (.*)$/m.exec(readFileSync(cli, 'utf8')) ?? [];
const environmentOfAlo = Object.fromEntries(variables.split(' ').map((variable) => variable.split('=')));
const flagsOfAlo = flags.split(' ');

const say = (text: string) => process.stdout.write(`${text}\n`);

const measureIn = (script: Script, events: string, policy: string): Measured => {
  const isAlo = script === scripts.alo || script === scripts.million;
  const output = execFileSync(
    process.execPath,
    [...(isAlo ? flagsOfAlo : []), join(import.meta.dirname, script), events, policy],
    {
      encoding: 'utf8',
      env: { ...process.env, ...(isAlo && environmentOfAlo) },
      stdio: ['ignore', 'pipe', 'inherit'],
      maxBuffer: 1 << 26,
    },
  );
  return JSON.parse(output.trim().split('\n').at(-1) as string) as Measured;
};

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
};

const figure = (value: number, digits = 0) =>
  value.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: digits });

const perSecond = ({ events, wallMs }: Measured) => (events / wallMs) * 1000;
const cpuPerMillion = ({ events, cpuMs }: Measured) => (cpuMs / events) * 1000;
const megabytes = (bytes: number) => figure(bytes / 2 ** 20);

const bench = async (workload: Workload, rounds: number): Promise<void> => {
  say(`making the events: ${figure(workload.subscribers)} subscribers, ${workload.days} days`);
  const events = await eventsOf(workload);
  const results = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, Measured[]>;
  for (let round = 1; round <= rounds; round += 1) {
    for (const name of names) {
      const measured = measureIn(...withEvents(name, events));
      results[name].push(measured);
      say(`round ${round}/${rounds}  ${name.padEnd(19)} ${figure(perSecond(measured))} events/s`);
    }
  }
  say('');
  say(`${figure(results.bare[0]?.events ?? 0)} events; slowest and median round`);
  say('                     events/s min  events/s median  CPU s a million  peak MB  of bare');
  const bare = median(results.bare.map(perSecond));
  for (const name of names) {
    const rates = results[name].map(perSecond);
    say(
      `${name.padEnd(19)}${figure(Math.min(...rates)).padStart(14)}${figure(median(rates)).padStart(17)}` +
        `${figure(median(results[name].map(cpuPerMillion)), 2).padStart(17)}` +
        `${megabytes(Math.max(...results[name].map(({ peakBytes }) => peakBytes))).padStart(9)}` +
        `${figure((median(rates) / bare) * 100).padStart(7)} %`,
    );
  }
  say(
    `hashing is ${figure((median(results.fold.map(({ besides }) => besides?.hashShare ?? 0)) || 0) * 100)} % of the fold`,
  );
  say(`alo: ${JSON.stringify(results.alo.at(-1)?.besides)}`);
};

const withEvents = (name: Name, events: string): [Script, string, string] => {
  const [script, policy] = compared[name];
  return [script, events, policy];
};

const benchLarge = async (): Promise<void> => {
  const workload = { subscribers: 1_000_000, days: 1, chargesPerDay: 1 };
  say(`\nmaking the events: ${figure(workload.subscribers)} subscribers, ${workload.days} day`);
  const measured = measureIn(scripts.million, await eventsOf(workload), policies.everySection);
  say(
    `alo over a million subscribers: ${figure(measured.events)} events, ${figure(perSecond(measured))} events/s, ` +
      `peak ${megabytes(measured.peakBytes)} MB, ${JSON.stringify(measured.besides)}`,
  );
};

if (values.help) say(help);
else {
  await bench({ subscribers: 100_000, days: 9, chargesPerDay: 1 }, Number(values.rounds));
  if (values.large) await benchLarge();
}
