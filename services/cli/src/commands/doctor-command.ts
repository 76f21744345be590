import { type Command, InvalidArgumentError } from 'commander';
import { diagnose } from '../live/doctor/diagnose.ts';
import type { Diagnosis } from '../live/doctor/diagnosis.ts';
import { tellDiagnosis } from '../live/doctor/tell-diagnosis.ts';
import { doctorEnvironment } from '../live/live-environment.ts';
import { readTopicsFile, topicsFile } from '../live/topics/topics-file.ts';
import { countArgument } from './arguments.ts';
import { exitCodes } from './exit-codes.ts';

const examples = `
Examples:
  alo doctor
  alo doctor --json
  alo doctor --wait 5

It looks at brokers, topics, transactions, engines, Redis, zone data and every partition, and changes nothing.
docs/operations.md has every problem and its mend.
Exit codes: 0 all is well, 1 wrong use or configuration, 2 problems were found, 3 Kafka or Redis does not answer.`;

type Flags = { readonly file: string; readonly replication?: number; readonly wait: number; readonly json?: boolean };

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
    .option('--json', 'all that was found as one line of JSON')
    .addHelpText('after', examples)
    .action(doctorCommand);
};

const doctorCommand = async ({ file, replication, wait, json }: Flags): Promise<void> => {
  const settings = doctorEnvironment();
  const diagnosis = await diagnose({
    settings,
    file: await readTopicsFile(file),
    replication,
    waitMs: wait * 1000,
    onWait: (sentence) => process.stderr.write(`${sentence}\n`),
  });
  process.stdout.write(`${json ? JSON.stringify(diagnosis) : tellDiagnosis(diagnosis)}\n`);
  process.exitCode = exitCodeOf(diagnosis);
};

const exitCodeOf = ({ problems, unreachable }: Diagnosis): number => {
  if (unreachable.length > 0) return exitCodes.infrastructure;
  return problems.length > 0 ? exitCodes.problems : exitCodes.done;
};
