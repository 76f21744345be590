import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WrongUse } from '@alo/runtime';
import { afterAll, describe, expect, test } from '@jest/globals';
import { readSettings } from './config.ts';

const folder = mkdtempSync(join(tmpdir(), 'alo-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const written = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

const usage = { format: 'cloudevents-structured', types: ['alo.usage.charged.v1'] };
const file = written('intake.json', JSON.stringify({ topics: { usage } }));
const hashing = written(
  'hashing.json',
  JSON.stringify({ topics: { usage, crm: { ...usage, subject: { key: true, hash: true } } } }),
);
const hmacKey = 'a key of thirty-two characters...';
const right = { KAFKA_BROKERS: 'a:9092,b:9092', ALO_INTAKE_CONFIG: file };

const problemsOf = (env: NodeJS.ProcessEnv): string[] => {
  try {
    readSettings(env);
    return [];
  } catch (error) {
    if (!(error instanceof WrongUse)) throw error;
    return error.message.split('\n').map((line) => line.replaceAll(folder, '.'));
  }
};

test('what is right is read, with defaults for what need not be said', () => {
  expect(readSettings({ ...right, ALO_INTAKE_HMAC_KEY: '' })).toMatchObject({
    KAFKA_BROKERS: ['a:9092', 'b:9092'],
    KAFKA_TOPIC_PREFIX: '',
    ALO_INTAKE_GROUP: 'alo-intake',
    ALO_INTAKE_HMAC_KEY: undefined,
    ALO_SESSION_TIMEOUT_MS: 6000,
    ALO_HTTP_PORT: 8080,
    intake: { topics: { usage } },
  });
});

test('a byte order mark in front of the file does no harm', () => {
  const marked = written('marked.json', `\uFEFF${JSON.stringify({ topics: { usage } })}`);
  expect(problemsOf({ ...right, ALO_INTAKE_CONFIG: marked })).toEqual([]);
});

test('problems of the environment and of the file are told at once, and no secret', () => {
  const wrong = written('wrong.json', JSON.stringify({ topics: { usage: { ...usage, format: 'csv' }, '..': usage } }));
  const env = {
    KAFKA_BROKERS: 'nowhere',
    KAFKA_SASL_PASSWORD: 'secret-1',
    KAFKA_SASL_MECHANISM: 'plain-text',
    ALO_SESSION_TIMEOUT_MS: '5',
    ALO_INTAKE_HMAC_KEY: 'secret-2',
    ALO_INTAKE_CONFIG: wrong,
  };
  const problems = problemsOf(env);
  expect(problems).toEqual([
    'the environment has 4 problems:',
    '  KAFKA_BROKERS must be host:port, with commas between: "nowhere"',
    '  KAFKA_SASL_MECHANISM must be one of plain, scram-sha-256, scram-sha-512: "plain-text"',
    '  ALO_INTAKE_HMAC_KEY must have at least 32 characters',
    '  ALO_SESSION_TIMEOUT_MS must be a whole number from 1000 to 300000: "5"',
    './wrong.json has 2 problems:',
    '  topics.usage.format must be "cloudevents-structured", "cloudevents-binary" or "json"; it is "csv"',
    '  topics... must be the name of a Kafka topic; it is ".."',
  ]);
  expect(problems.join()).not.toContain('secret');
});

describe('the file', () => {
  test.each([
    ['not.json', '{', /^\.\/not\.json is not JSON: /],
    ['empty.json', '', /^\.\/empty\.json is not JSON: /],
    ['odd.json', '\u001b[2J\n', /^\.\/odd\.json is not JSON: \P{Cc}*\\u001b\[2J\\u000a\P{Cc}*$/u],
    ['one.json', '{}', /^\.\/one\.json has a problem:$/],
  ])('%s of %j is told as wrong', (name, text, form) => {
    expect(problemsOf({ ...right, ALO_INTAKE_CONFIG: written(name, text) })[0]).toMatch(form);
  });

  test.each([
    [undefined, '  ALO_INTAKE_CONFIG must be set, and is not set'],
    ['/no/such/file', '  ALO_INTAKE_CONFIG must name a file that can be read (ENOENT): "/no/such/file"'],
    [folder, '  ALO_INTAKE_CONFIG must name a file that can be read (EISDIR): "."'],
  ])('that is %s is told once', (path, problem) => {
    expect(problemsOf({ ...right, ALO_INTAKE_CONFIG: path })).toEqual(['the environment has a problem:', problem]);
  });

  test('that has something hashed needs a key, and the topic is named', () => {
    expect(problemsOf({ ...right, ALO_INTAKE_CONFIG: hashing })).toEqual([
      'the environment has a problem:',
      '  ALO_INTAKE_HMAC_KEY must be set, for crm has something hashed, and is not set',
    ]);
    expect(problemsOf({ ...right, ALO_INTAKE_CONFIG: hashing, ALO_INTAKE_HMAC_KEY: hmacKey })).toEqual([]);
  });

  test("that reads a topic of alo's own under its prefix would feed itself", () => {
    const loop = written('loop.json', JSON.stringify({ topics: { 'test.alo.journal.v1': usage } }));
    expect(problemsOf({ ...right, ALO_INTAKE_CONFIG: loop })).toEqual([]);
    expect(problemsOf({ ...right, ALO_INTAKE_CONFIG: loop, KAFKA_TOPIC_PREFIX: 'test.' })).toEqual([
      './loop.json has a problem:',
      '  topics.test.alo.journal.v1 must be a topic of your own systems; this one is written by alo',
    ]);
  });
});
