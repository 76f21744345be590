import { WrongUse } from '@alo/runtime';
import { type Command, InvalidArgumentError } from 'commander';
import { diagnose } from '../live/doctor/diagnose.ts';
import type { Diagnosis } from '../live/doctor/diagnosis.ts';
import { type Ending, type EndPlace, endTransactions } from '../live/doctor/end-transactions.ts';
import { tellDiagnosis } from '../live/doctor/tell-diagnosis.ts';
import { doctorEnvironment, kafkaEnvironment } from '../live/live-environment.ts';
import { readTopicsFile, topicsFile } from '../live/topics/topics-file.ts';
import { countArgument } from './arguments.ts';
import { exitCodes } from './exit-codes.ts';

const examples = `
Examples:
  alo doctor
  alo doctor --json
  alo doctor --wait 5
  alo doctor --end-transaction alo.tiers.v1/3 alo.receipts.v1/3

It looks at brokers, topics, transactions, engines, Redis, zone data and every partition, and changes nothing.
With --end-transaction it looks at nothing but those partitions, and ends the transaction that hangs in each: one that
stays open for longer than --wait, and that no broker will end. It ends it as aborted, never as committed: what is
undone together with its receipt, an engine says again, with the same ids; what is committed, nobody takes back.
docs/operations.md has every problem and its mend.
Exit codes: 0 all is well, 1 wrong use or configuration, 2 problems were found (with --end-transaction: not all were
ended), 3 Kafka or Redis does not answer.`;

type Flags = {
  readonly file: string;
  readonly replication?: number;
  readonly wait: number;
  readonly json?: boolean;
  readonly endTransaction?: readonly EndPlace[];
  readonly acceptLoss?: boolean;
};

/** Several may be given: each is added to those before. */
const placeArgument = (text: string, before: readonly EndPlace[] = []): EndPlace[] => {
  const [, topic, partition] = /^([\w.-]+)\/(\d{1,5})$/.exec(text) ?? [];
  if (topic === undefined) throw new InvalidArgumentError('It must be TOPIC/PARTITION, such as alo.receipts.v1/3.');
  return [...before, { topic, partition: Number(partition) }];
};

const secondsArgument = (text: string): number => {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number of seconds.');
};

export const addDoctorCommand = (program: Command): void => {
  program
    .command('doctor')
    .description('look at all that alo stands on, and tell each problem with its mend')
    .option('--file <file>', 'what topics there should be (see infra/kafka/README.md)', topicsFile)
    .option('--replication <number>', 'replicas that each partition should have', countArgument)
    .option('--wait <seconds>', 'a transaction that is open for longer hangs', secondsArgument, 30)
    .option('--json', 'all that was found as one line of JSON; with --end-transaction, a line for each')
    .option('--end-transaction <topic/partition...>', 'end the transaction that hangs there, as aborted', placeArgument)
    .option('--accept-loss', 'with --end-transaction: end it also where readers lose what may count as said')
    .addHelpText('after', examples)
    .action((flags: Flags) => (flags.endTransaction ? endCommand(flags.endTransaction, flags) : doctorCommand(flags)));
};

const tellWait = (sentence: string) => process.stderr.write(`${sentence}\n`);

const asSentence = ({ topic, partition, sentence }: Ending) => `partition ${partition} of ${topic}: ${sentence}`;

const endCommand = async (places: readonly EndPlace[], { wait, json, acceptLoss = false }: Flags): Promise<void> => {
  const endings = await endTransactions({
    settings: kafkaEnvironment(),
    places,
    waitMs: wait * 1000,
    acceptsLoss: acceptLoss,
    onWait: tellWait,
    onEnding: (ending) => process.stdout.write(`${json ? JSON.stringify(ending) : asSentence(ending)}\n`),
  });
  process.exitCode = endings.every(({ isEnded }) => isEnded) ? exitCodes.done : exitCodes.problems;
};

const doctorCommand = async ({ file, replication, wait, json, acceptLoss }: Flags): Promise<void> => {
  if (acceptLoss) throw new WrongUse('--accept-loss goes with --end-transaction alone');
  const settings = doctorEnvironment();
  const diagnosis = await diagnose({
    settings,
    file: await readTopicsFile(file),
    replication,
    waitMs: wait * 1000,
    onWait: tellWait,
  });
  process.stdout.write(`${json ? JSON.stringify(diagnosis) : tellDiagnosis(diagnosis)}\n`);
  process.exitCode = exitCodeOf(diagnosis);
};

const exitCodeOf = ({ problems, unreachable }: Diagnosis): number => {
  if (unreachable.length > 0) return exitCodes.infrastructure;
  return problems.length > 0 ? exitCodes.problems : exitCodes.done;
};
