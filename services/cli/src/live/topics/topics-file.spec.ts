import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WrongUse } from '@alo/runtime';
import { afterAll, expect, test } from '@jest/globals';
import { readTopicsFile, topicsFile } from './topics-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'alo-topics-'));
const file = join(folder, 'topics.json');
afterAll(() => rmSync(folder, { recursive: true }));

const right = JSON.parse(readFileSync(topicsFile, 'utf8'));

test.each([
  { text: '\u001b[2J\n', says: /is not JSON: \P{Cc}*\\u001b\[2J\\u000a\P{Cc}*$/u, why: 'is not JSON' },
  {
    text: JSON.stringify({ ...right, 'a\u202e\nb': 1 }),
    says: /has keys that nobody knows: a\\u202e\\u000ab: /,
    why: 'is a key that nobody knows',
  },
])('what $why is quoted so that a terminal shows it, on one line', async ({ text, says }) => {
  writeFileSync(file, text);
  const reading = readTopicsFile(file);
  await expect(reading).rejects.toThrow(WrongUse);
  await expect(reading).rejects.toThrow(says);
});
