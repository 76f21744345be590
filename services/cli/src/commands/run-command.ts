import { type Instant, parseDuration } from '@alo/contracts';
import { type Command, Option } from 'commander';
import { run } from '../run/run.ts';
import { sumOf, tellTally } from '../run/tally.ts';
import { durationArgument, instantArgument } from './arguments.ts';
import { exitCodes } from './exit-codes.ts';

const examples = `
Examples:
  alo simulate --subscribers 2000 --days 90 > events.ndjson
  alo run --policy infra/policies/mobifone.json --events events.ndjson --data alo-data --out triggers.ndjson
  some-source | alo run --policy policy.json --events - --live --data alo-data --out -

The last line says what was done. Exit codes: 0 done, 1 wrong use or configuration,
2 with --strict when input was refused, 3 the disk or the store failed, 130 stopped by Ctrl-C.`;

/** What commander makes of the command line. */
type Flags = {
  readonly policy: string;
  readonly events: string;
  readonly start?: Instant;
  readonly until?: Instant;
  readonly maxGap: number;
  readonly data?: string;
  readonly out?: string;
  readonly deadLetters?: string;
  readonly live?: boolean;
  readonly strict?: boolean;
  readonly json?: boolean;
};

export const addRunCommand = (program: Command): void => {
  program
    .command('run')
    .description('fold a file of events into triggers, on one local database')
    .requiredOption('--policy <file>', 'the policy, JSON')
    .requiredOption('--events <file>', 'structured CloudEvents, one JSON object a line; - for standard input')
    .option('--start <instant>', "where journal time begins (default: the first readable line's)", instantArgument)
    .option('--until <instant>', 'at the end, decide what falls due up to and at this instant', instantArgument)
    .addOption(
      new Option('--max-gap <duration>', 'a line further past now than this is not believed')
        .argParser(durationArgument)
        .default(parseDuration('P31D'), 'P31D'),
    )
    .option('--data <folder>', 'keep the database here, and go on from it (default: a temporary one)')
    .option('--out <file>', 'write triggers here, one JSON object a line; - for standard output')
    .option('--dead-letters <file>', 'write refused lines here, whole, with code and reason')
    .option('--live', 'now is the wall clock; what falls due does so by itself')
    .option('--strict', 'exit with 2 when a line was refused')
    .option('--json', 'the summary as one line of JSON')
    .addHelpText('after', examples)
    .action(runCommand);
};

const runCommand = async (flags: Flags): Promise<void> => {
  const { maxGap, ...rest } = flags;
  const { tally, stoppedBy, hint } = await run({ ...rest, maxGapMs: maxGap });
  if (stoppedBy === 'reader-gone') return;
  const tell = (text: string) => process.stderr.write(`${text}\n`);
  const say = (text: string) => (flags.out === '-' ? tell(text) : process.stdout.write(`${text}\n`));
  if (hint && !flags.json) say(hint);
  if (stoppedBy === 'signal') (flags.json ? tell : say)(goOn(flags));
  say(
    flags.json
      ? JSON.stringify({ ...tally, ...(hint && { hint }), ...(stoppedBy && { stoppedBy }) })
      : tellTally(tally),
  );
  if (stoppedBy === 'signal') process.exitCode = exitCodes.interrupted;
  else if (flags.strict && sumOf(tally.refusals) > 0) process.exitCode = exitCodes.refusals;
};

const goOn = ({ data }: Flags): string =>
  data === undefined
    ? 'stopped; the database was temporary and is removed: give --data to be able to go on'
    : 'stopped; everything read is stored: run the same command again to go on';
