import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { readEnvironment, variable } from './environment.ts';
import { WrongUse } from './errors.ts';
import { kafkaFields, kafkaRelations } from './kafka/kafka-settings.ts';

const problemsOf = (read: () => unknown): string[] => {
  try {
    read();
  } catch (error) {
    if (error instanceof WrongUse) return error.message.split('\n').map((line) => line.trim());
    throw error;
  }
  return [];
};

describe('a variable', () => {
  const fields = {
    TEXT: variable.text().optional(),
    SECRET: variable.secret().optional(),
    FLAG: variable.flag().default(false),
    NUMBER: variable.whole(1, 10).default(5),
    CHOICE: variable.choice(['a', 'b']).optional(),
    FILE: variable.file().optional(),
    LIST: variable.list().optional(),
  };
  const folder = mkdtempSync(join(tmpdir(), 'alo-environment-'));
  const file = join(folder, 'file');
  writeFileSync(file, 'what is in it');
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each([
    ['that is not set has its default', {}, { FLAG: false, NUMBER: 5 }],
    ['that is empty is not set', { NUMBER: '', FLAG: '' }, { FLAG: false, NUMBER: 5 }],
    ['is a number from its least', { NUMBER: '1' }, { FLAG: false, NUMBER: 1 }],
    ['is a number up to its most', { NUMBER: '10' }, { FLAG: false, NUMBER: 10 }],
    ['is true in several words', { FLAG: 'TRUE' }, { FLAG: true, NUMBER: 5 }],
    ['is a list with spaces about', { LIST: 'a, b' }, { FLAG: false, NUMBER: 5, LIST: ['a', 'b'] }],
    ['names a file that is read', { FILE: file }, { FLAG: false, NUMBER: 5, FILE: 'what is in it' }],
    ['that nobody knows is left alone', { OTHER: 'x' }, { FLAG: false, NUMBER: 5 }],
  ])('%s', (_why, env, expected) => {
    expect(readEnvironment(fields, env)).toEqual(expected);
  });

  test.each([
    ['one below the least', { NUMBER: '0' }, 'NUMBER must be a whole number from 1 to 10: "0"'],
    ['one above the most', { NUMBER: '11' }, 'NUMBER must be a whole number from 1 to 10: "11"'],
    ['a fraction', { NUMBER: '1.5' }, 'NUMBER must be a whole number from 1 to 10: "1.5"'],
    ['neither true nor false', { FLAG: 'maybe' }, 'FLAG must be true or false: "maybe"'],
    ['none of the choices', { CHOICE: 'c' }, 'CHOICE must be one of a, b: "c"'],
    [
      'a file that is not there',
      { FILE: join(folder, 'no') },
      `FILE must name a file that can be read (ENOENT): "${join(folder, 'no')}"`,
    ],
    ['a list with a gap', { LIST: 'a,,b' }, 'LIST must be a list with commas between: "a,,b"'],
  ])('is wrong as %s', (_why, env, problem) => {
    expect(problemsOf(() => readEnvironment(fields, env))).toEqual(['the environment has a problem:', problem]);
  });
});

test('every problem is told at once, those between variables too, and no secret is shown', () => {
  const env = {
    KAFKA_BROKERS: 'localhost',
    KAFKA_TLS: 'maybe',
    KAFKA_SASL_MECHANISM: 'plain',
    KAFKA_SASL_PASSWORD: 'hush',
    KAFKA_TLS_CA: '/no/such/file',
  };
  const problems = problemsOf(() => readEnvironment(kafkaFields, env, kafkaRelations));
  expect(problems).toEqual([
    'the environment has 4 problems:',
    'KAFKA_BROKERS must be host:port, with commas between: "localhost"',
    'KAFKA_TLS must be true or false: "maybe"',
    'KAFKA_TLS_CA must name a file that can be read (ENOENT): "/no/such/file"',
    'KAFKA_SASL_USERNAME must be set, for KAFKA_SASL_MECHANISM is',
  ]);
  expect(problems.join()).not.toContain('hush');
});

test('a secret that is wrong is named and not shown', () => {
  const fields = {
    KEY: variable.secret().refine((key) => key.length > 5, 'must be longer'),
  };
  expect(problemsOf(() => readEnvironment(fields, { KEY: 'hush' }))[1]).toBe('KEY must be longer');
  expect(problemsOf(() => readEnvironment(fields, {}))[1]).toBe('KEY must be set, and is not set');
});
