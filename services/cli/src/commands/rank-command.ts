import type { CivilMonth } from '@alo/domain';
import type { Command } from 'commander';
import { type RankResult, rank } from '../rank/rank.ts';
import { sumOf } from '../run/tally.ts';
import { monthArgument } from './arguments.ts';
import { exitCodes } from './exit-codes.ts';

const examples = `
Examples:
  alo rank --list top --as-of 2026-07 --data alo-data --requested-by lan --approved-by minh
  alo rank --list top --as-of 2026-07 --data alo-data --requested-by lan --approved-by minh --triggers triggers.ndjson
  alo rank --list top --as-of 2026-07 --data alo-data --requested-by lan --approved-by minh --out listings.ndjson

The listings become events in the journal of the store, once. With --out they are only written
down: look at them, then feed them with alo run --events listings.ndjson --data alo-data.
Exit codes: 0 done, 1 wrong use or configuration, 3 the disk or the store failed, 130 stopped by Ctrl-C.`;

type Flags = {
  readonly list: string;
  readonly asOf: CivilMonth;
  readonly data: string;
  readonly requestedBy: string;
  readonly approvedBy: string;
  readonly out?: string;
  readonly triggers?: string;
  readonly json?: boolean;
};

export const addRankCommand = (program: Command): void => {
  program
    .command('rank')
    .description('fill a ranked list after a month: who spent most is listed, who fell far behind is delisted')
    .requiredOption('--list <name>', 'a list of the policy that is ranked')
    .requiredOption('--as-of <month>', 'the complete month as of whose end is ranked, such as 2026-07', monthArgument)
    .requiredOption('--data <folder>', 'where the database is')
    .requiredOption('--requested-by <name>', 'who asks for it')
    .requiredOption('--approved-by <name>', 'who approves it: somebody else')
    .option('--out <file>', 'only write the listings here, one event a line; - for standard output')
    .option('--triggers <file>', 'write the triggers that follow here, behind what stands there already')
    .option('--json', 'the summary as one line of JSON')
    .addHelpText('after', examples)
    .action(rankCommand);
};

const tellEveryMs = 2000;
const figure = (count: number) => count.toLocaleString('en-US');

const rankCommand = async ({ json, ...flags }: Flags): Promise<void> => {
  let told = Date.now();
  const onRead = (subscribers: number) => {
    if (Date.now() - told < tellEveryMs) return;
    told = Date.now();
    process.stderr.write(`${figure(subscribers)} subscribers read so far\n`);
  };
  const result = await rank({ ...flags, onRead });
  if (result.stoppedBy === 'reader-gone') return;
  const text = json ? JSON.stringify(result) : inWords(result);
  if (flags.out === '-' || flags.triggers === '-') process.stderr.write(`${text}\n`);
  else process.stdout.write(`${text}\n`);
  if (result.stoppedBy === 'signal') process.exitCode = exitCodes.interrupted;
};

const inWords = (result: RankResult): string => {
  const {
    list,
    month,
    isDone,
    population = 0,
    enter,
    leave,
    listed,
    delisted,
    lateUntil,
    triggers,
    stoppedBy,
  } = result;
  if (stoppedBy) return 'stopped; run the same command again to go on';
  if (isDone) return `list ${list} was ranked as of ${month} before: nothing new`;
  const late = lateUntil === undefined ? '' : `charges of ${month} may come until ${lateUntil} (lateness)\n`;
  const cuts =
    enter && leave
      ? `: the cut is ${figure(enter.value)} at rank ${figure(enter.rank)}, and ${figure(leave.value)} at rank ${figure(leave.rank)} to stay`
      : '';
  const followed = triggers ? `; ${figure(sumOf(triggers))} triggers` : '';
  return (
    `${late}list ${list} as of ${month}, of ${figure(population)} subscribers above 0${cuts}; ` +
    `${figure(listed)} listed, ${figure(delisted)} delisted${followed}`
  );
};
