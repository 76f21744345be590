import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WrongUse } from '@alo/runtime';
import { afterAll, expect, test } from '@jest/globals';
import { readPolicyFile } from './policy-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'alo-policy-'));
const file = join(folder, 'policy.json');
afterAll(() => rmSync(folder, { recursive: true }));

test('what is not JSON is quoted so that a terminal shows it, on one line', async () => {
  writeFileSync(file, '\u001b[2J\n');
  const reading = readPolicyFile(file);
  await expect(reading).rejects.toThrow(WrongUse);
  await expect(reading).rejects.toThrow(/is not JSON: \P{Cc}*\\u001b\[2J\\u000a\P{Cc}*$/u);
});
