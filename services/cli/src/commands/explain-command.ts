import { type CivilMonth, formatMonth, monthOf } from '@alo/domain';
import type { Command } from 'commander';
import { type Explanation, explainPolicy } from '../explain/explain.ts';
import { loadPolicy } from '../run/policy-file.ts';
import { monthArgument } from './arguments.ts';

const examples = `
Examples:
  alo policy explain infra/policies/mobifone.json
  alo policy explain infra/policies/mobifone.json --from 2027-01
  alo policy explain infra/policies/mobifone.json --from 2027-01 --json`;

type Flags = { readonly json?: boolean; readonly from?: CivilMonth };

export const addExplainCommand = (policy: Command): void => {
  policy
    .command('explain')
    .description('tell a policy in plain sentences, with a calendar of twelve months, for those who sign it')
    .argument('<file>', 'the policy, JSON')
    .option('--from <month>', 'the first month of the calendar, such as 2027-01 (default: this month)', monthArgument)
    .option('--json', 'sentences and calendar as one line of JSON')
    .addHelpText('after', examples)
    .action(explain);
};

const explain = async (file: string, { json, from }: Flags): Promise<void> => {
  const policy = await loadPolicy(file);
  const month = from ?? monthOf(policy.calendar.dayOf(Date.now()));
  const explanation = explainPolicy(policy, month);
  process.stdout.write(json ? `${JSON.stringify(explanation)}\n` : `${inPlainText(explanation, month)}\n`);
};

const inPlainText = ({ policy, sections, calendar, undated }: Explanation, month: CivilMonth): string => {
  const head = [`Policy ${policy.id}, version ${policy.version}`, `SHA-256 ${policy.hash}`];
  const told = sections.map(({ title, sentences }) => [title, ...sentences.map((one) => `- ${one}`)].join('\n'));
  const dates = calendar.map(({ on, at, what }) => `${on}  ${at.padEnd(14)}  ${what}`);
  const others = undated.map(({ occasion, why }) => `- ${occasion} is not in it: ${why}`);
  const year = [`Calendar of twelve months from ${formatMonth(month)}`, ...dates, ...others];
  return [head.join('\n'), ...told, year.join('\n')].join('\n\n');
};
