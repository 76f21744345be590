import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { dayMs, parseDuration, type Trigger } from '@alo/contracts';
import type { Command } from 'commander';
import { run } from '../run/run.ts';
import { databaseName } from '../run/session.ts';
import { tellTally } from '../run/tally.ts';
import { simulate } from '../simulate/simulate.ts';
import { startDefault } from '../simulate/world.ts';
import { tellCare, tellExamples, tellTiers } from './demo-summary.ts';
import { exitCodes } from './exit-codes.ts';
import { writeLines } from './simulate-command.ts';

const subscribers = 2000;
const days = 90;
/** After the last day, so that the review of what was spent by then is seen too. */
const daysAfter = 15;
const policyFile = join(import.meta.dirname, '../../../../infra/policies/mobifone.json');

const examples = `
Examples:
  alo demo
  alo demo --data /tmp/alo-demo`;

export const addDemoCommand = (program: Command): void => {
  program
    .command('demo')
    .description('simulate a small carrier, run it with the mobifone policy, and tell what came of it')
    .option('--data <folder>', 'where the events, the outputs and the database are put', 'alo-demo')
    .addHelpText('after', examples)
    .action(demo);
};

const demo = async ({ data }: { readonly data: string }): Promise<void> => {
  const say = (text: string) => process.stdout.write(`${text}\n`);
  const events = join(data, 'events.ndjson');
  const out = join(data, 'triggers.ndjson');
  const deadLetters = join(data, 'dead-letters.ndjson');
  const database = join(data, databaseName);
  await mkdir(data, { recursive: true });
  // Of a folder that was there before, only what a demo leaves is removed.
  for (const file of [events, out, deadLetters, database, `${database}-wal`]) await rm(file, { force: true });
  say(`1. Simulating ${subscribers.toLocaleString('en-US')} subscribers over ${days} days ...`);
  await writeLines(simulate({ subscribers, days }), events);
  say('2. Folding their events with the policy infra/policies/mobifone.json ...');
  const until = startDefault + (days + daysAfter) * dayMs;
  const files = { policy: policyFile, events, data, out, deadLetters };
  const { tally, stoppedBy } = await run({ ...files, until, maxGapMs: parseDuration('P31D') });
  if (stoppedBy === 'signal') {
    say('stopped; the next demo begins anew');
    process.exitCode = exitCodes.interrupted;
  }
  if (stoppedBy) return;
  const triggers = await readTriggers(out);
  for (const part of [tellTiers(triggers), tellCare(triggers), tellExamples(triggers)]) say(`\n${part}`);
  say('');
  say(`events        ${events}`);
  say(`triggers      ${out}`);
  say(`dead letters  ${deadLetters}`);
  say(`database      ${database} (SQLite)`);
  say('');
  say(tellTally(tally));
};

const readTriggers = async (path: string): Promise<Trigger[]> => {
  const triggers: Trigger[] = [];
  const file = await open(path);
  for await (const line of file.readLines()) triggers.push(JSON.parse(line));
  return triggers;
};
