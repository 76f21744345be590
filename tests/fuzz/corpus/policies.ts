import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { goldenOf } from '../../../packages/contracts/src/golden-messages.ts';
import { lifePolicy } from '../../../packages/domain/src/testing/life-policy.ts';

const root = join(import.meta.dirname, '../../..');

/** The policies of operators, that of the golden messages, and one in which everything is that a past can change. */
export const policyTexts: readonly string[] = [
  JSON.stringify(goldenOf('alo.policy.activated.v1').message.data.policy),
  JSON.stringify(lifePolicy('Asia/Ho_Chi_Minh', 1)),
  JSON.stringify(lifePolicy('Europe/London', 2)),
  ...globSync('infra/policies/*.json', { cwd: root })
    .toSorted()
    .map((file) => readFileSync(join(root, file), 'utf8')),
];
