import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Instant } from '@alo/contracts';
import { WrongUse } from '@alo/runtime';
import type { Command } from 'commander';
import { watchInterruption } from '../run/interruption.ts';
import { simulate } from '../simulate/simulate.ts';
import { instantArgument, numberArgument } from './arguments.ts';
import { exitCodes } from './exit-codes.ts';

const examples = `
Examples:
  alo simulate --subscribers 2000 --days 90 > events.ndjson
  alo simulate --subscribers 100000 --days 10 --seed 7 --out events.ndjson
  alo simulate --subscribers 500 --days 30 --broken 0.001 | head

The same options give the same bytes, on every machine.`;

type Flags = {
  readonly subscribers: number;
  readonly days: number;
  readonly seed: string;
  readonly start?: Instant;
  readonly chargesPerDay?: number;
  readonly broken?: number;
  readonly out?: string;
  readonly json?: boolean;
};

export const addSimulateCommand = (program: Command): void => {
  program
    .command('simulate')
    .description("a carrier's life as events: usage, bills, payments, profiles, faults, from a seed")
    .requiredOption('--subscribers <n>', 'how many subscribers', numberArgument)
    .requiredOption('--days <n>', 'how many days', numberArgument)
    .option('--seed <text>', 'another seed, another life', '1')
    .option('--start <instant>', 'the first day (default: 2026-01-01 in Việt Nam)', instantArgument)
    .option('--charges-per-day <n>', 'charges of a subscriber a day, on average (default: 1)', numberArgument)
    .option('--broken <share>', 'share of lines that are broken (default: 0)', numberArgument)
    .option('--out <file>', 'write the events here (default: standard output)')
    .option('--json', 'tell what was written as one line of JSON, on standard error')
    .addHelpText('after', examples)
    .action(simulateCommand);
};

const simulateCommand = async ({ chargesPerDay, broken, start, out, json, ...life }: Flags): Promise<void> => {
  const lines = linesOf({
    ...life,
    ...(start !== undefined && { start }),
    ...(chargesPerDay !== undefined && { chargesPerDay }),
    ...(broken !== undefined && { brokenShare: broken }),
  });
  const count = await writeLines(lines, out);
  if (json) process.stderr.write(`${JSON.stringify({ lines: count })}\n`);
  else if (out !== undefined) process.stderr.write(`${count.toLocaleString('en-US')} events written to ${out}\n`);
};

const linesOf = (options: Parameters<typeof simulate>[0]): Iterable<string> => {
  try {
    return simulate(options);
  } catch (error) {
    if (error instanceof RangeError) throw new WrongUse(error.message);
    throw error;
  }
};

const chunkChars = 256 * 1024;
const tellEveryMs = 2000;

/** Writes lines to a file, or to standard output until its reader goes away. Resolves with their number. */
export const writeLines = async (lines: Iterable<string>, out: string | undefined): Promise<number> => {
  const interruption = watchInterruption();
  const stream = out === undefined ? process.stdout : createWriteStream(out);
  let failure: Error | undefined;
  if (out !== undefined)
    stream.on('error', (error) => {
      failure = new WrongUse(`--out ${out} cannot be written: ${error.message}`);
    });
  let chunk = '';
  let count = 0;
  let told = Date.now();
  const send = async () => {
    if (!stream.write(chunk)) await Promise.race([once(stream, 'drain').catch(() => undefined), interruption.asked]);
    chunk = '';
    if (Date.now() - told < tellEveryMs) return;
    told = Date.now();
    if (!process.stderr.isTTY || out !== undefined)
      process.stderr.write(`${count.toLocaleString('en-US')} events so far\n`);
  };
  for (const line of lines) {
    chunk += `${line}\n`;
    count += 1;
    if (chunk.length >= chunkChars) await send();
    if (interruption.reason() || failure) break;
  }
  if (!interruption.reason() && !failure) await send();
  if (stream !== process.stdout) await new Promise<void>((resolve) => stream.end(() => resolve()));
  interruption.release();
  if (failure) throw failure;
  if (interruption.reason() === 'signal') process.exitCode = exitCodes.interrupted;
  return count;
};
