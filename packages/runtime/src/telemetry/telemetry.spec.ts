import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { SpanKind } from '@opentelemetry/api';
import { InfrastructureError } from '../errors.ts';
import { type Sent, startCollector } from './collector.ts';
import { metricNames } from './metric-names.ts';
import { observePartitions } from './partition-metrics.ts';
import { portsOf, receiptAt, recordsOf, refusalOf, triggerOf } from './some-outputs.ts';
import { startTelemetry, type Telemetry, type TelemetryOptions } from './telemetry.ts';
import { withTelemetry } from './traced-ports.ts';

/* Sends are tried again for some seconds. */
jest.setTimeout(20_000);

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

const started = (options: Partial<TelemetryOptions> = {}): Telemetry =>
  startTelemetry({ serviceName: 'alo-tried', serviceVersion: '1.2.3', ...options });

/** As long as a test may take. */
const until = async (isSo: () => boolean) => {
  while (!isSo()) await delay(20);
};

const collectorFor = async (ways?: Parameters<typeof startCollector>[0]) => {
  const collector = await startCollector(ways);
  endings.push(collector.close);
  return collector;
};

const spansOf = (sent: readonly Sent[]) =>
  sent
    .filter(({ path }) => path === '/v1/traces')
    .flatMap(({ body }) => JSON.parse(body).resourceSpans)
    .flatMap(({ scopeSpans }) => scopeSpans)
    .flatMap(({ spans }) => spans);

/** A step that says all there is to say. */
const publishSome = async (telemetry: Telemetry) => {
  const { ports, published } = portsOf([recordsOf(1)]);
  const { log } = withTelemetry(ports, telemetry, { partition: 0 });
  const due = triggerOf({ cause: { due: 'occasion', at: '2026-07-20T02:15:00Z' } });
  for await (const _ of log.follow(0)) await log.publish([triggerOf(), due, refusalOf('LATE')], receiptAt(1));
  return published;
};

const failSome = async (telemetry: Telemetry) => {
  const { ports } = portsOf([]);
  const fail = async () => {
    throw new InfrastructureError('it is at fault');
  };
  const failing = {
    ...ports,
    log: { ...ports.log, receipt: fail },
    states: { ...ports.states, applied: fail },
  };
  const { log, states } = withTelemetry(failing, telemetry, { partition: 0 });
  await Promise.allSettled([log.receipt(), states.applied()]);
};

const observeSome = (telemetry: Telemetry) => {
  const { onCondition, onProgress } = observePartitions(telemetry);
  onCondition(0, { kind: 'recovering' });
  onCondition(0, { kind: 'running' });
  onProgress(0, { offset: 1, end: 2 });
};

describe('for Prometheus', () => {
  test('exactly the metrics of the table are shown once each of them was measured', async () => {
    const telemetry = started();
    await publishSome(telemetry);
    await failSome(telemetry);
    observeSome(telemetry);
    telemetry.instruments.ticks.add(1);
    telemetry.instruments.intakeRecords.add(1, { topic: 'usage', outcome: 'taken' });
    const text = await telemetry.metrics();
    const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
    expect(types.map(([, name]) => name).sort()).toEqual(Object.values(metricNames).sort());
    for (const [, name = '', type] of types) {
      expect(type).toBe(/_total$/.test(name) ? 'counter' : /_seconds$/.test(name) ? 'histogram' : 'gauge');
    }
    expect(text).not.toContain('description missing');
    const series = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    const names = series.map((line) => /^[a-z_]+/.exec(line)?.[0].replace(/(_seconds)_(bucket|sum|count)$/, '$1'));
    expect([...new Set(names)].sort()).toEqual(Object.values(metricNames).sort());
  });

  test('a series has no label but those of the table', async () => {
    const telemetry = started();
    await publishSome(telemetry);
    await failSome(telemetry);
    observeSome(telemetry);
    const labels = [...(await telemetry.metrics()).matchAll(/[{,]([a-z_]+)="/g)].map(([, label]) => label);
    expect([...new Set(labels)].sort()).toEqual(['code', 'le', 'operation', 'outcome', 'partition', 'state', 'type']);
  });

  test('there is no text any more once all is shut down', async () => {
    const telemetry = started();
    await telemetry.shutdown();
    await expect(telemetry.metrics()).rejects.toThrow('shutdown');
  });
});

describe('a collector', () => {
  test('is sent spans and metrics under the name of the service', async () => {
    const collector = await collectorFor();
    const telemetry = started({ otlpEndpoint: `${collector.endpoint}/` });
    await publishSome(telemetry);
    await telemetry.shutdown();
    expect(new Set(collector.sent.map(({ path }) => path))).toEqual(new Set(['/v1/traces', '/v1/metrics']));
    const spans = spansOf(collector.sent);
    expect(spans.map(({ name }) => name).sort()).toEqual([
      'process alo.journal.v1',
      'send alo.gifts.v1',
      'send alo.gifts.v1',
    ]);
    for (const { body } of collector.sent) expect(body).toContain('"service.name"');
    for (const { body } of collector.sent) expect(body).toContain('"alo-tried"');
    expect(collector.sent.find(({ path }) => path === '/v1/metrics')?.body).toContain(metricNames.eventDelay);
  });

  test('is sent nothing by who was told of none', async () => {
    const collector = await collectorFor();
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = collector.endpoint;
    endings.push(async () => {
      delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
    });
    const telemetry = started();
    await publishSome(telemetry);
    await telemetry.shutdown();
    expect(collector.sent).toEqual([]);
  });

  test('that is down hurts nobody: all is published, the end comes in time, and it is said once of each', async () => {
    const { endpoint, close } = await startCollector();
    await close();
    const told: string[] = [];
    const telemetry = started({ otlpEndpoint: endpoint, tell: (sentence) => told.push(sentence) });
    for (let n = 0; n < 3; n += 1) expect(await publishSome(telemetry)).toHaveLength(3);
    const before = performance.now();
    await expect(telemetry.shutdown()).resolves.toBeUndefined();
    expect(performance.now() - before).toBeLessThan(2500);
    await until(() => told.length >= 2);
    expect(told.sort()).toEqual(
      ['metrics', 'traces'].map((what) =>
        expect.stringMatching(`^${what} cannot be sent to ${endpoint}/, and are dropped: .*ECONNREFUSED`),
      ),
    );
  });

  test('that takes nothing for a while is told of twice: when that begins, and when it is over', async () => {
    let status = 500;
    const collector = await collectorFor({ status: () => status });
    const told: string[] = [];
    const endpoint = collector.endpoint.replace('//', '//user:secret@');
    const telemetry = started({ otlpEndpoint: endpoint, tell: (sentence) => told.push(sentence) });
    await publishSome(telemetry);
    await until(() => told.length === 1);
    await publishSome(telemetry);
    await until(() => collector.sent.length === 2);
    status = 200;
    await publishSome(telemetry);
    await until(() => told.length === 2);
    await telemetry.shutdown();
    expect(told).toEqual([
      expect.stringMatching(`^traces cannot be sent to ${collector.endpoint}/, and are dropped: `),
      `traces are sent to ${collector.endpoint}/ again`,
    ]);
  });

  test('that hangs makes no queue beyond its bound', async () => {
    let answer: (() => void) | undefined;
    const mayAnswer = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const collector = await collectorFor({ mayAnswer });
    const telemetry = started({ otlpEndpoint: collector.endpoint });
    for (let n = 0; n < 20_000; n += 1) telemetry.tracer.startSpan('many', { kind: SpanKind.PRODUCER }).end();
    answer?.();
    await telemetry.shutdown();
    const spans = spansOf(collector.sent);
    expect(spans.length).toBeGreaterThanOrEqual(4096);
    expect(spans.length).toBeLessThanOrEqual(4096 + 512);
  });
});
