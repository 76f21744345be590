import { engineVersion } from '@alo/domain';
import { InfrastructureError, PartitionStopped, WrongUse } from '@alo/runtime';
import { CommanderError } from 'commander';
import { CheckedCommand } from './commands/checked-command.ts';
import { addDemoCommand } from './commands/demo-command.ts';
import { exitCodes } from './commands/exit-codes.ts';
import { addPolicyCommand } from './commands/policy-command.ts';
import { addRankCommand } from './commands/rank-command.ts';
import { addRunCommand } from './commands/run-command.ts';
import { addSimulateCommand } from './commands/simulate-command.ts';

const program = new CheckedCommand('alo')
  .description('live care triggers for subscribers: what an operator owes them, the moment it becomes true')
  .version(engineVersion)
  .showHelpAfterError('(add --help for what there is)')
  .exitOverride();

addRunCommand(program);
addSimulateCommand(program);
const policy = addPolicyCommand(program);
addRankCommand(program);
addDemoCommand(program);

const withoutServers = /^(run|simulate|rank|demo|policy (check|hash|explain|lint))( |$)/;
if (!withoutServers.test(process.argv.slice(2).join(' '))) {
  const { addLiveCommands } = await import('./commands/live-commands.ts');
  addLiveCommands(program, policy);
}

const exitCodeOf = (error: unknown): number => {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.wrongUse;
  if (error instanceof InfrastructureError) return exitCodes.infrastructure;
  return exitCodes.wrongUse;
};

const isExpected = (error: unknown): error is Error =>
  error instanceof WrongUse || error instanceof InfrastructureError || error instanceof PartitionStopped;

// A reader that has gone is no error of ours; a full disk behind a redirection is one.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE' || process.exitCode === exitCodes.infrastructure) return;
  process.stderr.write(`alo: standard output cannot be written: ${error.message}\n`);
  process.exitCode = exitCodes.infrastructure;
});
process.stderr.on('error', () => undefined);

try {
  await program.parseAsync();
} catch (error) {
  if (isExpected(error)) process.stderr.write(`alo: ${error.message}\n`);
  else if (!(error instanceof CommanderError)) process.stderr.write(`alo: this is a bug: ${(error as Error).stack}\n`);
  process.exitCode = exitCodeOf(error);
}
