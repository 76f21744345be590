/*
 * Where there is no Docker, the same processes start by hand: what docker-compose.yml would start, with its commands, its
 * environment, its settings of Kafka and Redis, and nothing else. The sample is smaller, and is not paced.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connectKafka, kafkaFields, readEnvironment } from '@alo/runtime/live';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { metricNames } from '../../packages/runtime/src/telemetry/metric-names.ts';
import { scratchFolder } from '../cli/alo-process.ts';
import { describeWithServers, serversMsMax } from '../servers/describe-with-servers.ts';
import { freePort } from '../servers/free-port.ts';
import { type KafkaServer, startKafka } from '../servers/kafka-server.ts';
import { type RedisServer, startRedis } from '../servers/redis-server.ts';
import { textOf } from './compose-file.ts';
import { type Composed, type Elsewhere, isHealthy, settingsOf, startComposed } from './composed.ts';
import { labelsByMetric, metricOf } from './metrics.ts';

jest.setTimeout(120_000);

const life = join(scratchFolder(), 'life.ndjson');
const sourceTopics = Object.keys((JSON.parse(textOf('infra/intake/intake.json')) as { topics: object }).topics);
const places = {
  kafka: /^(process|node|controller|listeners|advertised|listener|inter|log\.dirs)/,
  redis: /^(port|bind|protected-mode) /,
};

let kafka: KafkaServer;
let redis: RedisServer;
const running = new Map<string, Composed & { readonly port: number }>();

const elsewhere = (port: number): Elsewhere => ({
  'kafka:9092': kafka.brokers,
  'redis:6379': `127.0.0.1:${redis.port}`,
  // Nobody listens there: what alo does waits for no telemetry.
  'collector:4318': '127.0.0.1:9',
  '8080': `${port}`,
  '/tmp/life.ndjson': life,
  '--subscribers 2000': '--subscribers 300',
  'sleep 0.5': 'true',
});

const start = async (name: string, instance = name) => {
  const port = await freePort();
  running.set(instance, { ...startComposed(name, elsewhere(port)), port });
};

const finish = async (name: string): Promise<number | null> => {
  const { ended, written } = startComposed(name, elsewhere(0));
  const code = await ended;
  if (code !== 0) process.stderr.write(`${name} ended with ${code}:\n${written()}\n`);
  return code;
};

const makeSourceTopics = async (): Promise<void> => {
  const settings = readEnvironment(kafkaFields, { KAFKA_BROKERS: kafka.brokers });
  const admin = connectKafka(settings, { clientId: 'operator' }).admin();
  await admin.connect();
  await admin.createTopics({
    waitForLeaders: false,
    topics: sourceTopics.map((topic) => ({ topic, numPartitions: 6 })),
  });
  await admin.disconnect();
};

const pollMs = 100;
const eventually = async (isSo: () => boolean | Promise<boolean>, waitMsMax = 60_000): Promise<void> => {
  for (const until = Date.now() + waitMsMax; !(await isSo()); await delay(pollMs)) {
    if (Date.now() > until) throw new Error(`not so within ${waitMsMax} ms: ${isSo}\n${allWritten()}`);
  }
};
const allWritten = () => [...running].map(([name, { written }]) => `--- ${name}\n${written().slice(-2000)}`).join('\n');

const ask = async (instance: string, path: string): Promise<{ status: number; text: string }> => {
  const url = `http://127.0.0.1:${running.get(instance)!.port}${path}`;
  const response = await fetch(url).catch(() => undefined);
  return { status: response?.status ?? 0, text: (await response?.text()) ?? '' };
};

type Sample = { readonly name: string; readonly labels: Readonly<Record<string, string>>; readonly value: number };
const samplesOf = (text: string): Sample[] =>
  [...text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)].map(([, name = '', labels = '', value]) => ({
    name,
    labels: Object.fromEntries([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, word]) => [key, word])),
    value: Number(value),
  }));
const servicesWithPort = ['intake', 'engine-1', 'engine-2', 'clock'];
const measured = async (): Promise<Sample[]> =>
  (await Promise.all(servicesWithPort.map(async (name) => samplesOf((await ask(name, '/metrics')).text)))).flat();
const sumOf = (samples: readonly Sample[], metric: string, fits: Sample['labels'] = {}): number =>
  samples
    .filter(({ name, labels }) => name === metric && Object.entries(fits).every(([key, word]) => labels[key] === word))
    .reduce((sum, { value }) => sum + value, 0);

describeWithServers(['own kafka', 'own redis'], 'what docker-compose.yml starts, started by hand', () => {
  beforeAll(async () => {
    const properties = Object.fromEntries(settingsOf('infra/kafka/broker/server.properties', '=', places.kafka));
    const args = settingsOf('infra/redis/redis.conf', ' ', places.redis).flatMap(([name, value]) => [
      `--${name}`,
      value,
    ]);
    [kafka, redis] = await Promise.all([startKafka({ properties }), startRedis({ args })]);
    await makeSourceTopics();
  }, serversMsMax);

  afterAll(async () => {
    for (const { child } of running.values()) child.kill('SIGKILL');
    await Promise.all([kafka?.remove(), redis?.remove()]);
  });

  test('is set up, and may be set up again', async () => {
    expect(await finish('setup')).toBe(0);
    expect(await finish('setup')).toBe(0);
  });

  test('lives, and is ready', async () => {
    await Promise.all([start('intake'), start('engine', 'engine-1'), start('engine', 'engine-2'), start('clock')]);
    await start('triggers');
    for (const name of servicesWithPort) {
      await eventually(async () => (await ask(name, '/livez')).status === 200);
      await eventually(async () => (await ask(name, '/readyz')).status === 200);
    }
    await eventually(async () => sumOf(await measured(), metricNames.partitionState, { state: 'running' }) === 6);
  });

  test.each(['intake', 'engine', 'clock'])(
    '%s is well by its health check, and would not be if nobody answered',
    async (name) => {
      const [, { port }] = [...running].find(([instance]) => instance.startsWith(name))!;
      expect(await isHealthy(name, elsewhere(port))).toBe(true);
      expect(await isHealthy(name, elsewhere(await freePort()))).toBe(false);
    },
  );

  test('takes the sample in whole and tells triggers of it', async () => {
    expect(await finish('sample')).toBe(0);
    const events = readFileSync(life, 'utf8').trim().split('\n').length;
    await eventually(async () => sumOf(await measured(), metricNames.intakeRecords) >= events);
    await eventually(async () => sumOf(await measured(), metricNames.partitionLag) === 0);
    const triggers = running.get('triggers')!;
    await eventually(() => triggers.written().split('\n').length > 20);
    expect(triggers.written()).toMatch(/ goes from base to vip /);
    expect(sumOf(await measured(), metricNames.intakeRecords, { outcome: 'dead-letter' })).toBe(0);
    expect(sumOf(await measured(), metricNames.refusals)).toBe(0);
  });

  test('has measured what the dashboard shows, but what did not happen', async () => {
    const ours = (await measured()).filter(({ name }) => name.startsWith('alo_'));
    const strange = ours.filter(({ name, labels }) => {
      const known = [...(labelsByMetric.get(metricOf(name)) ?? ['(no metric)']), 'le'];
      return Object.keys(labels).some((label) => !known.includes(label)) || known.includes('(no metric)');
    });
    expect(strange).toEqual([]);
    const seen = new Set(ours.map(({ name }) => metricOf(name)));
    const { dueLate, kafkaErrors, redisErrors, refusals, ...happened } = metricNames;
    expect(Object.values(happened).filter((name) => !seen.has(name))).toEqual([]);
  });

  test('ends when it is asked to', async () => {
    for (const { child } of running.values()) child.kill('SIGTERM');
    const codes = await Promise.all([...running].map(async ([name, { ended }]) => [name, await ended] as const));
    expect(Object.fromEntries(codes)).toEqual({ intake: 0, 'engine-1': 0, 'engine-2': 0, clock: 0, triggers: 130 });
  });
});
