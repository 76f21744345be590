import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import { root, scratchFolder } from '../cli/alo-process.ts';
import { jestArguments } from './jest-arguments.ts';
import { kafkaMeans, redisMeans } from './means.ts';
import { isCi, missingServers, type Need } from './missing-servers.ts';

const folder = scratchFolder();
const scratch = () => mkdtempSync(join(folder, 'x'));

const writeProgram = (file: string, line: string) => {
  writeFileSync(file, `#!/bin/sh\n${line}\n`);
  chmodSync(file, 0o755);
};

/** A PATH on which there are these programs, each a line of shell, and no other. */
const pathWith = (programs: Readonly<Record<string, string>>): string => {
  const path = scratch();
  for (const [name, line] of Object.entries(programs)) writeProgram(join(path, name), line);
  return path;
};

/** The lender's guard is a shell, and deletes by `rm`. */
const shell = 'PATH=/usr/bin:/bin exec /bin/sh "$@"';

const java = (version: string) => `echo 'openjdk version "${version}" 2025-04-15' >&2`;
const nothing = pathWith({});
const all: readonly Need[] = ['kafka', 'redis', 'own kafka', 'own redis', 'jdk'];
const kindsFor = (env: Readonly<Record<string, string>>) => [kafkaMeans(env)?.kind, redisMeans(env)?.kind];

test.each([
  { programs: {}, kinds: [undefined, undefined], why: 'nothing' },
  { programs: { java: java('17.0.15'), mvn: '' }, kinds: ['java', 'embedded'], why: 'a JDK and Maven' },
  { programs: { java: java('21'), mvn: '' }, kinds: ['java', 'embedded'], why: 'Java 21, whose version has no dot' },
  { programs: { java: java('16.0.2'), mvn: '' }, kinds: [undefined, undefined], why: 'Java 16, one too old' },
  {
    programs: { java: java('1.8.0_402'), mvn: '' },
    kinds: [undefined, undefined],
    why: 'Java 8, which calls itself 1.8',
  },
  {
    programs: { java: 'exit 1', mvn: '' },
    kinds: [undefined, undefined],
    why: 'a java that only says where to get one',
  },
  { programs: { 'redis-server': '' }, kinds: [undefined, 'program'], why: 'a Redis' },
  {
    programs: { java: java('17'), mvn: '', 'redis-server': '' },
    kinds: ['java', 'program'],
    why: 'a JDK and a Redis',
  },
  { programs: { docker: '' }, kinds: ['docker', 'docker'], why: 'a Docker that answers' },
  { programs: { docker: 'exit 1' }, kinds: [undefined, undefined], why: 'a Docker without its engine' },
  { programs: { java: java('17'), mvn: '', docker: '' }, kinds: ['java', 'embedded'], why: 'a JDK and Docker' },
])('with $why, Kafka and Redis are started by $kinds', ({ programs, kinds }) => {
  expect(kindsFor({ PATH: pathWith(programs) })).toEqual(kinds);
});

test('the JDK of JAVA_HOME is taken before that of the PATH', () => {
  const home = scratch();
  const PATH = pathWith({ java: java('11'), mvn: '' });
  expect(kafkaMeans({ PATH, JAVA_HOME: home })).toBeUndefined();
  mkdirSync(join(home, 'bin'));
  writeProgram(join(home, 'bin', 'java'), java('25'));
  expect(kafkaMeans({ PATH, JAVA_HOME: home })).toEqual({ kind: 'java', java: join(home, 'bin', 'java') });
});

test.each([
  { env: {}, missing: all, why: 'nothing' },
  {
    env: { KAFKA_BROKERS: 'kafka:9092' },
    missing: ['redis', 'own kafka', 'own redis', 'jdk'],
    why: 'a Kafka of others',
  },
  {
    env: { REDIS_URL: 'redis://redis' },
    missing: ['kafka', 'own kafka', 'own redis', 'jdk'],
    why: 'a Redis of others',
  },
  { env: { KAFKA_BROKERS: '', REDIS_URL: '' }, missing: all, why: 'empty variables' },
  { env: { PATH: pathWith({ 'redis-server': '' }) }, missing: ['kafka', 'own kafka', 'jdk'], why: 'a Redis to start' },
  { env: { PATH: pathWith({ java: java('17'), mvn: '' }) }, missing: [], why: 'a JDK and Maven' },
  { env: { PATH: pathWith({ docker: '' }) }, missing: ['jdk'], why: 'Docker alone' },
])('with $why, what is missing is $missing', ({ env, missing }) => {
  expect(all.filter((need) => missingServers([need], { PATH: nothing, ...env }).length > 0)).toEqual(missing);
});

test.each([
  { env: {}, needs: ['kafka', 'own kafka'], says: ['JDK', 'Maven', 'Docker', 'KAFKA_BROKERS'] },
  { env: {}, needs: ['own redis', 'redis'], says: ['redis-server', 'Docker', 'REDIS_URL'] },
  { env: { KAFKA_BROKERS: 'kafka:9092' }, needs: ['own kafka'], says: ['JDK', 'start and kill'] },
  { env: { REDIS_URL: 'redis://redis' }, needs: ['own redis'], says: ['redis-server', 'start and kill'] },
  { env: {}, needs: ['jdk'], says: ['JDK', 'Maven', 'several brokers'] },
] as const)('with $env, for $needs one sentence names $says', ({ env, needs, says }) => {
  const [sentence, ...more] = missingServers(needs, { PATH: nothing, ...env });
  expect(more).toEqual([]);
  for (const word of says) expect(sentence).toContain(word);
});

test.each([
  { env: { CI: 'true' }, is: true },
  { env: { CI: '1' }, is: true },
  { env: { CI: 'false' }, is: false },
  { env: { CI: '0' }, is: false },
  { env: { CI: '' }, is: false },
  { env: {}, is: false },
])('$env is CI: $is', ({ env, is }) => {
  expect(isCi(env)).toBe(is);
});

/** Runs files that need servers where there are none. */
const jestWithout = async (env: Readonly<Record<string, string>>) => {
  const { KAFKA_BROKERS, REDIS_URL, JAVA_HOME, CI, ALO_TEST_SERVERS, NODE_OPTIONS, ...others } = process.env;
  const child = spawn(process.execPath, jestArguments('lent-servers', 'redis-server'), {
    cwd: root,
    env: { ...others, PATH: pathWith({ sh: shell }), ...env },
  });
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  return { code, stderr, skips: stderr.match(/TESTS ARE SKIPPED/g)?.length ?? 0 };
};

test('where there are no servers, a run says so once for each, and passes', async () => {
  const { code, stderr, skips } = await jestWithout({});
  expect(stderr).toMatch(/Tests: +\d+ skipped, 1 passed/);
  expect({ code, skips }).toEqual({ code: 0, skips: 2 });
}, 30_000);

test('where there are no servers, a run with CI=true fails', async () => {
  const { code, stderr, skips } = await jestWithout({ CI: 'true' });
  expect(stderr).toMatch(/Tests: +3 failed, 1 passed/);
  expect(stderr).toContain('install redis-server');
  expect({ code, skips }).toEqual({ code: 1, skips: 0 });
}, 30_000);
