import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { scratchFolder } from '../cli/alo-process.ts';
import { startIntake } from './intake-process.ts';

jest.setTimeout(60_000);

const folder = scratchFolder();

test('intake ends with 1 and tells all that is wrong, without a stack', async () => {
  const file = join(folder, 'intake.json');
  writeFileSync(file, '{"topics":{}}');
  const { code, stderr } = await startIntake({ ALO_INTAKE_CONFIG: file, ALO_INTAKE_HMAC_KEY: 'short' }).ended;
  expect(code).toBe(1);
  expect(stderr.split('\n')).toEqual([
    'alo-intake: the environment has 2 problems:',
    '  KAFKA_BROKERS must be set, and is not set',
    '  ALO_INTAKE_HMAC_KEY must have at least 32 characters',
    `${file} has a problem:`,
    '  topics must have a topic; it is {}',
    '',
  ]);
});
