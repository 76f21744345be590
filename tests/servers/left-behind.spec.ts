import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, expect, test } from '@jest/globals';
import { scratchFolder } from '../cli/alo-process.ts';
import { describeWithServers } from './describe-with-servers.ts';
import { jestArguments } from './jest-arguments.ts';
import { isAlive, until } from './processes.ts';

const folder = scratchFolder();
const goneMsMax = 30_000;
const urlOf = (file: string) => JSON.stringify(join(import.meta.dirname, file));

const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

/** Runs this as a program of its own, whose temporary folders lie in one that is the test's. */
const program = (code: string) => node(['--input-type=module', '-e', code]);

const node = (args: readonly string[]) => {
  const temporary = mkdtempSync(join(folder, 'x'));
  const { ALO_TEST_SERVERS, KAFKA_BROKERS, REDIS_URL, ...others } = process.env;
  const env = { ...others, NODE_OPTIONS: '', TMPDIR: temporary };
  const child = spawn(process.execPath, args, { env });
  children.push(child);
  return { child, left: () => readdirSync(temporary).filter((name) => name.startsWith('alo-')) };
};

const stay = 'setInterval(() => undefined, 1000);';

const startAndStay = `
  const { startRedis } = await import(${urlOf('redis-server.ts')});
  const { pid } = await startRedis();
  console.log(pid());
  ${stay}
`;

const wrongProperty = `
  const { startKafka } = await import(${urlOf('kafka-server.ts')});
  await startKafka({ properties: { 'log.retention.ms': 'long' } }).catch(({ message }) => console.log(message));
  ${stay}
`;

const wrongArgument = `
  const { startRedis } = await import(${urlOf('redis-server.ts')});
  await startRedis({ args: ['--appendfsync', 'daily'] }).catch(({ message }) => console.log(message));
  ${stay}
`;

describeWithServers(['own redis'], 'a Redis', () => {
  test.each(['SIGKILL', 'SIGTERM'] as const)('dies with its data when its starter dies of %s', async (signal) => {
    const { child, left } = program(startAndStay);
    const [line] = await once(child.stdout, 'data');
    const pid = Number(line);
    expect(isAlive(pid)).toBe(true);
    expect(left()).toHaveLength(1);
    child.kill(signal);
    await until(() => !isAlive(pid) && left().length === 0, { waitMsMax: goneMsMax });
  });

  test('dies with its data when its starter ends without a word', async () => {
    const { child, left } = program(`${startAndStay} process.exit();`);
    const pid = Number(await text(child.stdout));
    expect(pid).toBeGreaterThan(0);
    await until(() => !isAlive(pid) && left().length === 0, { waitMsMax: goneMsMax });
  });

  test('that cannot start says why, and leaves nothing', async () => {
    const { child, left } = program(wrongArgument);
    const [message] = await once(child.stdout, 'data');
    const remains = left();
    child.kill();
    expect(String(message)).toMatch(/^Redis did not start: .*appendfsync/s);
    expect(remains).toEqual([]);
  });
});

describeWithServers(['own kafka'], 'the servers of a run of jest', () => {
  test('die with it when its first process is killed: the lent ones, and those of its other processes', async () => {
    const { child, left } = node(jestArguments('lent-servers', 'kafka-server'));
    const kafkas = () => left().filter((name) => name.startsWith('alo-kafka-')).length;
    await until(() => kafkas() === 2, { waitMsMax: 30_000 });
    child.kill('SIGKILL');
    await until(() => left().length === 0, { waitMsMax: goneMsMax });
  }, 60_000);
});

describeWithServers(['own kafka'], 'a Kafka', () => {
  test('that cannot start says why, and leaves nothing', async () => {
    const { child, left } = program(wrongProperty);
    const [message] = await once(child.stdout, 'data');
    const remains = left();
    child.kill();
    expect(String(message)).toMatch(/^Kafka did not start: .*Invalid value long/s);
    expect(remains).toEqual([]);
  }, 60_000);
});
