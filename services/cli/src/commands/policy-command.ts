import { checkPolicy } from '@alo/contracts';
import { policyHash } from '@alo/domain';
import type { Command } from 'commander';
import { loadPolicy, readPolicyFile, tellProblems } from '../run/policy-file.ts';
import { exitCodes } from './exit-codes.ts';
import { addExplainCommand } from './explain-command.ts';
import { addLintCommand } from './lint-command.ts';

const examples = `
Examples:
  alo policy check infra/policies/mobifone.json
  alo policy hash infra/policies/mobifone.json --json`;

type Flags = { readonly json?: boolean };

export const addPolicyCommand = (program: Command): Command => {
  const policy = program
    .command('policy')
    .description('check, explain, weigh and publish policies')
    .addHelpText('after', examples);
  policy
    .command('check')
    .description('check a policy whole: every problem with its path; exit code 1 where there is one')
    .argument('<file>', 'the policy, JSON')
    .option('--json', 'the result as one line of JSON')
    .addHelpText('after', examples)
    .action(check);
  policy
    .command('hash')
    .description('print the SHA-256 over the canonical JSON of a policy')
    .argument('<file>', 'the policy, JSON')
    .option('--json', 'id, version and hash as one line of JSON')
    .addHelpText('after', examples)
    .action(hash);
  addExplainCommand(policy);
  addLintCommand(policy);
  return policy;
};

const check = async (file: string, { json }: Flags): Promise<void> => {
  const given = await readPolicyFile(file);
  const result = checkPolicy(given);
  if (json) process.stdout.write(`${JSON.stringify(result.ok ? { ok: true, problems: [] } : result)}\n`);
  else if (result.ok) process.stdout.write(`policy ${result.policy.id} version ${result.policy.version} is right\n`);
  else process.stderr.write(`${tellProblems(file, result.problems)}\n`);
  if (!result.ok) process.exitCode = exitCodes.wrongUse;
};

const hash = async (file: string, { json }: Flags): Promise<void> => {
  const { name, given } = await loadPolicy(file);
  process.stdout.write(`${json ? JSON.stringify(name) : policyHash(given)}\n`);
};
