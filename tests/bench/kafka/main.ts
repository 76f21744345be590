import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { dayMs, topics } from '@alo/contracts';
import { connectKafka } from '@alo/runtime/live';
import type { Kafka } from 'kafkajs';
import { writeLines } from '../../../services/cli/src/commands/simulate-command.ts';
import { simulate } from '../../../services/cli/src/simulate/simulate.ts';
import { createTopics } from '../../kafka/topics.ts';
import { type KafkaServer, startKafka } from '../../servers/kafka-server.ts';
import { type RedisServer, startRedis } from '../../servers/redis-server.ts';
import { activate, fill } from './journal.ts';
import { type Latency, measureLatency } from './latency.ts';
import { cpuSecondsOf, type Measuring, startMeasuring } from './processes.ts';
import { redisFigures } from './redis-figures.ts';

const help = `npm run bench:kafka [-- --rounds N] [--subscribers N] [--days N] [--no-streams]

One broker, one Redis, one machine, one program after the other over the same journal of six partitions:
  bare      a loop on kafkajs that reads, parses and validates
  streams   tests/bench/kafka-streams: Kafka Streams, exactly_once_v2, RocksDB, two threads; needs Maven and a JDK
  alo       two engines
Then what passes between the append of a charge and its trigger, at 1,000 events a second; how long a takeover takes;
what a subscriber takes of Redis. Needs Linux, for the processor time of others.`;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '1' },
    subscribers: { type: 'string', default: '100000' },
    days: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '20' },
    'no-streams': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const root = join(import.meta.dirname, '../../..');
const streamsFolder = join(import.meta.dirname, '../kafka-streams');
const partitions = 6;
const policy = JSON.parse(readFileSync(join(import.meta.dirname, 'policy.json'), 'utf8'));
const say = (text: string) => process.stdout.write(`${text}\n`);
const figure = (value: number, digits = 0) =>
  value.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: digits });

type Throughput = {
  readonly perSecond: number;
  readonly cpuPerMillion: number;
  readonly peakBytes: number;
  /** What the broker spent meanwhile, for a million events. */
  readonly brokerCpuPerMillion?: number;
};

/** Measures what the broker spends beside a program. */
const withBroker = async (
  { server }: Bench,
  events: number,
  measure: () => Promise<Throughput>,
): Promise<Throughput> => {
  const pid = server.pid() as number;
  const before = cpuSecondsOf(pid);
  const measured = await measure();
  return { ...measured, brokerCpuPerMillion: ((cpuSecondsOf(pid) - before) / events) * 1_000_000 };
};

const throughput = (events: number, ms: number, cpuSeconds: number, peakBytes: number): Throughput => ({
  perSecond: (events / ms) * 1000,
  cpuPerMillion: (cpuSeconds / events) * 1_000_000,
  peakBytes,
});

type Bench = {
  readonly server: KafkaServer;
  readonly redis: RedisServer;
  readonly kafka: Kafka;
  readonly folder: string;
};

const runBare = async ({ server }: Bench, events: number): Promise<Throughput> => {
  const bare = startMeasuring(process.execPath, [
    join(import.meta.dirname, 'bare-consumer.ts'),
    server.brokers,
    topics.journal,
    `${events}`,
  ]);
  await bare.ended;
  const line = bare.lines().find((one) => one.startsWith('{'));
  if (line === undefined) throw new Error(bare.lines().join('\n'));
  const { wallMs, cpuMs, peakBytes } = JSON.parse(line) as { wallMs: number; cpuMs: number; peakBytes: number };
  return throughput(events, wallMs, cpuMs / 1000, peakBytes);
};

const makeStreams = (): void => {
  if (existsSync(join(streamsFolder, 'target/classes')) && existsSync(join(streamsFolder, 'libs'))) return;
  say('making the Kafka Streams program ...');
  execFileSync('mvn', ['-q', '-B', '-DskipTests', '-f', join(streamsFolder, 'pom.xml'), 'package'], {
    stdio: 'inherit',
  });
};

const startStreams = ({ server, folder }: Bench, application: string, more: readonly string[] = []): Measuring =>
  startMeasuring('java', [
    '-XX:+UseParallelGC',
    '-Xmx1g',
    '-XX:-UsePerfData',
    `-Djava.io.tmpdir=${folder}`,
    `-Dbootstrap.servers=${server.brokers}`,
    `-Dstate.dir=${join(folder, application)}`,
    `-Dapplication.id=${application}`,
    `-Dstreams.replication.factor=1`,
    ...more,
    '-cp',
    `${join(streamsFolder, 'target/classes')}:${join(streamsFolder, 'libs/*')}`,
    'alo.bench.streams.Main',
  ]);

const runStreams = async (bench: Bench, events: number): Promise<Throughput> => {
  const streams = startStreams(bench, `streams-${process.pid}`, ['-Dstop.at.end=true']);
  await streams.printed(/RUNNING/, 1);
  const watching = setInterval(streams.cpuSeconds, 500);
  await streams.ended;
  clearInterval(watching);
  const line = streams.lines().findLast((one) => one.startsWith('{'));
  if (line === undefined) throw new Error(streams.lines().slice(-20).join('\n'));
  const told = JSON.parse(line) as { records: number; workWallSeconds: number; cpuSeconds: number };
  say(`  streams says: ${line}`);
  return throughput(events, told.workWallSeconds * 1000, told.cpuSeconds, streams.peakBytes());
};

const startEngine = ({ server, redis }: Bench, prefix: string): Measuring =>
  startMeasuring(process.execPath, [join(root, 'services/engine/src/main.ts')], {
    KAFKA_BROKERS: server.brokers,
    ...(prefix !== '' && { KAFKA_TOPIC_PREFIX: prefix }),
    REDIS_URL: redis.url,
    REDIS_KEY_PREFIX: `bench${prefix.replace('.', '')}`,
    ALO_HTTP_PORT: '0',
    ALO_SESSION_TIMEOUT_MS: '6000',
  });

const running = /is running/;
const countOf = (engine: Measuring) => engine.lines().filter((line) => running.test(line)).length;

const untilRunning = async (engines: readonly Measuring[], least: number): Promise<number> => {
  while (engines.reduce((sum, engine) => sum + countOf(engine), 0) < least) {
    if (engines.every(({ child }) => child.exitCode !== null)) throw new Error(engines[0]?.lines().join('\n'));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return performance.now();
};

const redisPid = async (redis: RedisServer): Promise<number> => (await redisFigures(redis.url)).pid;

const runAlo = async (bench: Bench, events: number): Promise<Throughput & { readonly redisShare: number }> => {
  const pid = await redisPid(bench.redis);
  const redisBefore = cpuSecondsOf(pid);
  const engines = [startEngine(bench, ''), startEngine(bench, '')];
  await Promise.all(engines.map((engine) => engine.printed(/takes its share/, 1)));
  const startedMs = performance.now();
  const endedMs = await untilRunning(engines, partitions);
  const redisSeconds = cpuSecondsOf(pid) - redisBefore;
  const cpu = engines.reduce((sum, engine) => sum + engine.cpuSeconds(), 0);
  const peak = engines.reduce((sum, engine) => sum + engine.peakBytes(), 0);
  await Promise.all(engines.map((engine) => engine.end('SIGTERM')));
  return {
    ...throughput(events, endedMs - startedMs, cpu + redisSeconds, peak),
    redisShare: redisSeconds / (cpu + redisSeconds),
  };
};

const takeovers = async (bench: Bench, prefix: string): Promise<{ afterKillMs: number; afterStopMs: number }> => {
  const measure = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<number> => {
    const engines = [startEngine(bench, prefix), startEngine(bench, prefix)];
    await untilRunning(engines, partitions);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const [first, second] = engines as [Measuring, Measuring];
    const before = countOf(second);
    const startedMs = performance.now();
    void first.end(signal);
    await untilRunning([second], before + 3);
    const tookMs = performance.now() - startedMs;
    await second.end('SIGTERM');
    return tookMs;
  };
  return { afterKillMs: await measure('SIGKILL'), afterStopMs: await measure('SIGTERM') };
};

const aloLatency = async (bench: Bench, prefix: string): Promise<Latency> => {
  await createTopics(bench.kafka, prefix, partitions);
  await activate(bench.kafka, prefix, partitions, policy);
  const engines = [startEngine(bench, prefix), startEngine(bench, prefix)];
  await untilRunning(engines, partitions);
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const latency = await measureLatency(bench.kafka, {
    prefix,
    partitions,
    triggerTopic: `${prefix}${topics.tiers}`,
    causeOf: (data) => (data as { because?: { cause?: { id?: string } } }).because?.cause?.id,
    perSecond: 1000,
    seconds: Number(values.seconds),
  });
  await Promise.all(engines.map((engine) => engine.end('SIGTERM')));
  return latency;
};

const streamsLatency = async (bench: Bench): Promise<Latency> => {
  const streams = startStreams(bench, `streams-${process.pid}`);
  await streams.printed(/RUNNING/, 1);
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const latency = await measureLatency(bench.kafka, {
    prefix: '',
    partitions,
    triggerTopic: 'streams.tiers.v1',
    causeOf: (trigger) => (trigger as { data?: { cause?: { id?: string } } }).data?.cause?.id,
    perSecond: 1000,
    seconds: Number(values.seconds),
  });
  await streams.end('SIGTERM');
  return latency;
};

const tell = (name: string, { perSecond, cpuPerMillion, peakBytes, brokerCpuPerMillion = 0 }: Throughput) =>
  say(
    `  ${name.padEnd(8)}${figure(perSecond).padStart(10)} events/s${figure(cpuPerMillion, 1).padStart(9)} CPU s a million` +
      `${figure(peakBytes / 2 ** 20).padStart(7)} MB, the broker ${figure(brokerCpuPerMillion, 1)} CPU s`,
  );
const tellLatency = (name: string, { p50Ms, p99Ms, triggers, lost }: Latency) =>
  say(
    `  ${name.padEnd(8)} p50 ${figure(p50Ms)} ms, p99 ${figure(p99Ms)} ms over ${figure(triggers)} triggers, ${lost} missing`,
  );

const round = async (events: string): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'alo-bench-'));
  const [server, redis] = await Promise.all([
    startKafka({
      properties: { 'group.initial.rebalance.delay.ms': '1000' },
      javaArgs: ['-Xmx1g', '-XX:+UseSerialGC'],
    }),
    startRedis(),
  ]);
  const kafka = connectKafka(
    { KAFKA_BROKERS: [server.brokers], KAFKA_TLS: false, KAFKA_TOPIC_PREFIX: '' },
    { clientId: 'bench' },
  );
  const bench: Bench = { server, redis, kafka, folder };
  try {
    await createTopics(kafka, '', partitions);
    await activate(kafka, '', partitions, policy);
    const count = (await fill(kafka, '', events)) + partitions;
    say(`${figure(count)} records in ${partitions} partitions`);
    const bare = await withBroker(bench, count, () => runBare(bench, count));
    tell('bare', bare);
    const streams = values['no-streams'] ? undefined : await withBroker(bench, count, () => runStreams(bench, count));
    if (streams) tell('streams', streams);
    let redisShare = 0;
    const own = await withBroker(bench, count, async () => {
      const measured = await runAlo(bench, count);
      redisShare = measured.redisShare;
      return measured;
    });
    tell('alo', own);
    say(
      `  alo is ${figure((own.perSecond / bare.perSecond) * 100)} % of bare; Redis is ${figure(redisShare * 100)} % of its CPU`,
    );
    if (streams) {
      say(
        `  alo is ${figure(own.perSecond / streams.perSecond, 2)} times streams, at ${figure((own.cpuPerMillion / streams.cpuPerMillion) * 100)} % of its CPU`,
      );
    }
    const { bytesAdded, subscribers } = await redisFigures(redis.url, 'bench');
    say(`  Redis: ${figure(bytesAdded / subscribers)} bytes a subscriber, ${figure(subscribers)} of them`);
    say('append of a charge to its trigger, readable as committed, at 1,000 events a second:');
    tellLatency('alo', await aloLatency(bench, 'late.'));
    if (streams) tellLatency('streams', await streamsLatency(bench));
    const { afterKillMs, afterStopMs } = await takeovers(bench, 'late.');
    say(
      `takeover: ${figure(afterKillMs)} ms after kill -9 (session time-out 6,000 ms), ${figure(afterStopMs)} ms after a clean stop`,
    );
  } finally {
    await Promise.all([server.remove(), redis.remove()]);
    rmSync(folder, { recursive: true, force: true });
  }
};

const bench = async (): Promise<void> => {
  if (!values['no-streams']) makeStreams();
  const folder = mkdtempSync(join(tmpdir(), 'alo-bench-events-'));
  const events = join(folder, 'events.ndjson');
  const days = Number(values.days);
  const start = Date.now() - (days + 1) * dayMs;
  say(`making the events: ${figure(Number(values.subscribers))} subscribers, ${days} days`);
  const life = simulate({ subscribers: Number(values.subscribers), days, start });
  await writeLines(life, events);
  try {
    for (let n = 1; n <= Number(values.rounds); n += 1) {
      say(`\nround ${n}/${values.rounds}`);
      await round(events);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

if (values.help) say(help);
else await bench();
process.exit(0);
