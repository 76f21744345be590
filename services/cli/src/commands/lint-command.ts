import type { Command } from 'commander';
import { lintPolicy } from '../lint/lint.ts';
import { loadPolicy } from '../run/policy-file.ts';
import { exitCodes } from './exit-codes.ts';

const examples = `
Examples:
  alo policy lint infra/policies/mobifone.json
  alo policy lint infra/policies/mobifone.json --strict --json

Each finding names its rule, its place and the reason. Exit codes: 0 nothing was found, or without
--strict; 2 with --strict when something was found; 1 where the policy is wrong or cannot be read.`;

type Flags = { readonly json?: boolean; readonly strict?: boolean };

export const addLintCommand = (policy: Command): void => {
  policy
    .command('lint')
    .description('tell what is legal in a policy and yet unwise, each with the reason')
    .argument('<file>', 'the policy, JSON')
    .option('--strict', 'exit with 2 when something was found')
    .option('--json', 'the findings as one line of JSON')
    .addHelpText('after', examples)
    .action(lint);
};

const lint = async (file: string, { json, strict }: Flags): Promise<void> => {
  const { policy, name } = await loadPolicy(file);
  const warnings = lintPolicy(policy);
  if (json) process.stdout.write(`${JSON.stringify({ policy: name, warnings })}\n`);
  else {
    const count =
      warnings.length === 0
        ? 'nothing unwise'
        : `${warnings.length} thing${warnings.length === 1 ? '' : 's'} legal and yet unwise`;
    const lines = warnings.map(({ rule, path, message }) => `  ${path} (${rule}): ${message}`);
    process.stdout.write(`${[`policy ${name.id} version ${name.version}: ${count}`, ...lines].join('\n')}\n`);
  }
  if (strict && warnings.length > 0) process.exitCode = exitCodes.refusals;
};
