import { formatInstant } from '@alo/contracts';
import { describe, expect, test } from '@jest/globals';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { Doubt, InfrastructureError, PartitionStopped } from '../errors.ts';
import { emptyContents, makeMemoryStore } from '../memory/memory-store.ts';
import type { Ports } from '../partition-worker.ts';
import type { Applied, JournalRecord, Log, Published, Receipt, States } from '../ports.ts';
import { describeStore } from '../store-contract.ts';
import { attributeNames } from './attribute-names.ts';
import { keptTelemetry } from './kept-telemetry.ts';
import { portsOf, receiptAt, recordsOf, refusalOf, triggerOf } from './some-outputs.ts';
import { startTelemetry } from './telemetry.ts';
import { withTelemetry } from './traced-ports.ts';

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
const place = { partition: 3, prefix: 'p.' };
const charge = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
const traceparent = `00-${charge.traceId}-${charge.spanId}-01`;

const appliedAt = (offset: number): Applied => ({ ...receiptAt(offset), header: '' });
const textOf = (output: Published | undefined) => (output?.kind === 'trigger' ? JSON.parse(output.text) : undefined);
const idsOf = (span: ReadableSpan | undefined) => `00-${span?.spanContext().traceId}-${span?.spanContext().spanId}-01`;
const ofKind = (spans: readonly ReadableSpan[], kind: SpanKind) => spans.filter((span) => span.kind === kind);

/** One delivery of records, of which these outputs come. */
const deliver = async (outputs: readonly Published[], records = recordsOf(5)) => {
  const telemetry = keptTelemetry();
  const { ports, published } = portsOf([records]);
  const { log } = withTelemetry(ports, telemetry, place);
  for await (const followed of log.follow(0)) await log.publish(outputs, receiptAt(followed.records.length));
  const [step] = ofKind(telemetry.spans(), SpanKind.CONSUMER);
  const sent = ofKind(telemetry.spans(), SpanKind.PRODUCER);
  return { published, step, sent, series: await telemetry.series(), spans: telemetry.spans() };
};

describe('a trigger whose event came with a trace', () => {
  test('goes on in that trace, as a span below the one of its event', async () => {
    const { published, sent } = await deliver([triggerOf({ traceparent })]);
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ name: 'send p.alo.gifts.v1', parentSpanContext: charge });
    expect(textOf(published[0]).traceparent).toBe(idsOf(sent[0]));
    expect(textOf(published[0]).traceparent).toMatch(`00-${charge.traceId}-`);
    expect(textOf(published[0]).traceparent).not.toBe(traceparent);
  });

  test('and its step know of each other', async () => {
    const { step, sent } = await deliver([triggerOf({ traceparent })]);
    expect(step?.links.map(({ context }) => context)).toMatchObject([charge]);
    expect(sent[0]?.links.map(({ context }) => context)).toEqual([step?.spanContext()]);
    expect(step?.spanContext().traceId).not.toBe(charge.traceId);
  });

  test('is else the same', async () => {
    const output = triggerOf({ traceparent });
    const [sent] = (await deliver([output])).published;
    const { traceparent: _, ...event } = textOf(output);
    const { traceparent: __, ...sentEvent } = textOf(sent);
    expect(sentEvent).toEqual(event);
    expect({ ...sent, text: '' }).toEqual({ ...output, text: '' });
    expect(Object.keys(textOf(sent))).toEqual(Object.keys(textOf(output)));
  });

  test('keeps it as it came where it is not to be recorded', async () => {
    const notSampled = traceparent.replace(/01$/, '00');
    const { published, sent } = await deliver([triggerOf({ traceparent: notSampled })]);
    expect(textOf(published[0]).traceparent).toBe(notSampled);
    expect(sent).toEqual([]);
  });
});

describe('a trigger without a trace', () => {
  test('begins in that of its step', async () => {
    const { published, step, sent } = await deliver([triggerOf()]);
    expect(sent[0]?.parentSpanContext).toEqual(step?.spanContext());
    expect(textOf(published[0]).traceparent).toBe(idsOf(sent[0]));
    expect(sent[0]?.spanContext().traceId).toBe(step?.spanContext().traceId);
    expect(step?.parentSpanContext).toBeUndefined();
  });

  test('gets it where the fold would have put it, in front of the data', async () => {
    const { published } = await deliver([triggerOf()]);
    expect(Object.keys(textOf(published[0])).slice(-2)).toEqual(['traceparent', 'data']);
  });

  test('is read where it has no data: of who has left', async () => {
    const output = triggerOf();
    const gone = { ...output, text: JSON.stringify({ ...textOf(output), data: null }) } as Published;
    const { published, series } = await deliver([gone]);
    expect(textOf(published[0]).data).toBeNull();
    expect(series['alo_triggers_total{type="alo.birthday-gift.due.v1"}']).toBe(1);
    expect(series).not.toHaveProperty('alo_event_delay_seconds_count');
  });
});

test('where no spans are recorded, every output goes on as it came', async () => {
  const telemetry = startTelemetry({ serviceName: 'tried', serviceVersion: '1' });
  const { ports, published } = portsOf([recordsOf(1)]);
  const { log } = withTelemetry(ports, telemetry, place);
  const outputs = [triggerOf({ traceparent }), triggerOf(), refusalOf('LATE')];
  for await (const _ of log.follow(0)) await log.publish(outputs, receiptAt(1));
  expect(published).toHaveLength(3);
  published.forEach((output, n) => {
    expect(output).toBe(outputs[n]);
  });
  expect(await telemetry.metrics()).toContain('alo_refusals_total{code="LATE"} 1');
});

describe('the span of a step', () => {
  test('says where its records lie, and nothing of what is in them', async () => {
    const { step } = await deliver([triggerOf()], recordsOf(7, { from: 40 }));
    expect(step?.name).toBe('process p.alo.journal.v1');
    expect(step?.attributes).toMatchObject({
      'messaging.system.name': 'kafka',
      'messaging.destination.name': 'p.alo.journal.v1',
      'messaging.destination.partition.id': '3',
      'kafka.offset': 40,
    });
    const known: string[] = Object.values(attributeNames);
    expect(Object.keys(step?.attributes ?? {}).filter((name) => !known.includes(name))).toEqual([]);
  });

  test.each([
    { causes: 127, links: 127, why: 'one below the limit' },
    { causes: 128, links: 128, why: 'exactly at the limit' },
    { causes: 129, links: 128, why: 'one above' },
  ])('links to $links of $causes events: $why', async ({ causes, links }) => {
    const hex = (n: number, digits: number) => (n + 1).toString(16).padStart(digits, '0');
    const outputs = Array.from({ length: causes }, (_, n) =>
      triggerOf({ traceparent: `00-${hex(n, 32)}-${hex(n, 16)}-01` }),
    );
    const { step, sent } = await deliver(outputs);
    expect(new Set(step?.links.map(({ context }) => context.traceId)).size).toBe(links);
    expect(step?.links).toHaveLength(links);
    expect(step?.droppedLinksCount).toBe(0);
    expect(sent).toHaveLength(causes);
  });

  test('links once to an event that caused two triggers', async () => {
    const { step, sent } = await deliver([triggerOf({ traceparent }), triggerOf({ traceparent })]);
    expect(step?.links).toHaveLength(1);
    expect(sent).toHaveLength(2);
  });

  test('is there for each of two steps of one delivery, each with its records', async () => {
    const telemetry = keptTelemetry();
    const { log } = withTelemetry(portsOf([recordsOf(5)]).ports, telemetry, place);
    for await (const _ of log.follow(0)) {
      await log.publish([triggerOf()], receiptAt(2));
      await log.publish([refusalOf('LATE')], receiptAt(5));
    }
    expect(
      ofKind(telemetry.spans(), SpanKind.CONSUMER).map(({ attributes }) => [
        attributes[attributeNames.offset],
        attributes[attributeNames.recordCount],
      ]),
    ).toEqual([
      [0, 2],
      [2, 3],
    ]);
  });

  test('is not there where nothing is said; how long it took is', async () => {
    const { spans, series } = await deliver([]);
    expect(spans).toEqual([]);
    expect(series.alo_step_duration_seconds_count).toBe(1);
  });

  test('lasts from the delivery until what comes of it is published and applied', async () => {
    const telemetry = keptTelemetry();
    const { ports } = portsOf([recordsOf(1)]);
    const slow = 30;
    const later = () => new Promise<void>((resolve) => setTimeout(resolve, slow));
    const { log, states } = withTelemetry(
      {
        ...ports,
        log: { ...ports.log, publish: later },
        states: { ...ports.states, apply: later },
      },
      telemetry,
      place,
    );
    let applying = Promise.resolve();
    for await (const _ of log.follow(0)) {
      await later();
      await log.publish([triggerOf()], receiptAt(1));
      applying = states.apply([], appliedAt(1));
    }
    expect(ofKind(telemetry.spans(), SpanKind.CONSUMER)).toEqual([]);
    await applying;
    const [step] = ofKind(telemetry.spans(), SpanKind.CONSUMER);
    const [seconds, nanoseconds] = step?.duration ?? [0, 0];
    expect(seconds * 1000 + nanoseconds / 1e6).toBeGreaterThan(3 * slow - 5);
    expect((await telemetry.series()).alo_step_duration_seconds_sum).toBeGreaterThan((3 * slow - 5) / 1000);
  });

  test('counts no time in which nothing came', async () => {
    const telemetry = keptTelemetry();
    const { ports } = portsOf([recordsOf(1), []]);
    const { log } = withTelemetry(ports, telemetry, place);
    for await (const { records } of log.follow(0)) {
      if (records.length > 0) await log.publish([triggerOf()], receiptAt(1));
      else await new Promise((resolve) => setTimeout(resolve, 500));
    }
    expect((await telemetry.series()).alo_step_duration_seconds_sum).toBeLessThan(0.4);
  });
});

describe('what is published is measured', () => {
  const ago = (ms: number) => Date.now() - ms;

  test('a trigger by its type, and by how long ago its event happened and its record was appended', async () => {
    const cause = { source: '/billing', id: 'c-1', type: 'alo.usage.charged.v1', time: formatInstant(ago(20_000)) };
    const records = recordsOf(3, { from: 10, appendedAt: ago(1500) });
    const { series } = await deliver([triggerOf({ offset: 11, cause }), triggerOf({ offset: 12, cause })], records);
    expect(series['alo_triggers_total{type="alo.birthday-gift.due.v1"}']).toBe(2);
    expect(series.alo_event_delay_seconds_count).toBe(2);
    expect(series.alo_event_delay_seconds_sum).toBeGreaterThanOrEqual(40);
    expect(series.alo_event_delay_seconds_sum).toBeLessThan(42);
    expect(series['alo_event_delay_seconds_bucket{le="10"}']).toBe(0);
    expect(series['alo_event_delay_seconds_bucket{le="30"}']).toBe(2);
    expect(series.alo_publication_delay_seconds_sum).toBeGreaterThanOrEqual(3);
    expect(series.alo_publication_delay_seconds_sum).toBeLessThan(5);
    expect(series).not.toHaveProperty('alo_due_late_seconds_count');
  });

  test('what fell due, by how late it is said', async () => {
    const cause = { due: 'occasion', at: formatInstant(ago(4000)) };
    const { series } = await deliver([triggerOf({ cause })]);
    expect(series.alo_due_late_seconds_count).toBe(1);
    expect(series.alo_due_late_seconds_sum).toBeGreaterThanOrEqual(4);
    expect(series.alo_due_late_seconds_sum).toBeLessThan(6);
    expect(series).not.toHaveProperty('alo_event_delay_seconds_count');
  });

  test('an event of a clock that is ahead as no delay, never as less than none', async () => {
    const cause = { source: '/billing', id: 'c-1', type: 'alo.usage.charged.v1', time: formatInstant(ago(-60_000)) };
    const { series } = await deliver([triggerOf({ cause })], recordsOf(1, { appendedAt: ago(-60_000) }));
    expect(series.alo_event_delay_seconds_sum).toBe(0);
    expect(series.alo_publication_delay_seconds_sum).toBe(0);
    expect(series.alo_publication_delay_seconds_count).toBe(1);
  });

  test('a refusal by its code; its record goes on untouched', async () => {
    const outputs = [refusalOf('LATE'), refusalOf('SCHEMA'), refusalOf('LATE')];
    const { published, series, sent } = await deliver(outputs);
    expect(series['alo_refusals_total{code="LATE"}']).toBe(2);
    expect(series['alo_refusals_total{code="SCHEMA"}']).toBe(1);
    expect(published[0]).toBe(outputs[0]);
    expect(sent).toEqual([]);
  });

  test('a trigger of a record that was not delivered, but for the time since it was appended', async () => {
    const { series } = await deliver([triggerOf({ offset: 99 })]);
    expect(series['alo_triggers_total{type="alo.birthday-gift.due.v1"}']).toBe(1);
    expect(series).not.toHaveProperty('alo_publication_delay_seconds_count');
  });
});

test('a record that causes nothing is not even looked at, but for the offset of the first', async () => {
  const looked: string[] = [];
  const watched = recordsOf(500).map(
    (record, n) =>
      new Proxy(record, {
        get: (target, name) => {
          looked.push(`${String(name)} of ${n}`);
          return Reflect.get(target, name);
        },
      }),
  );
  await deliver([], watched);
  expect(looked).toEqual(['offset of 0']);
});

describe('a call that fails', () => {
  const failure = new InfrastructureError('the key alo:{3}:s:s-17 is at fault');
  const fail = async (): Promise<never> => {
    throw failure;
  };
  const failing = () => ({ [Symbol.asyncIterator]: () => ({ next: fail }) });
  const all = <Port extends object>(port: Port): Port =>
    Object.fromEntries(
      Object.keys(port).map((name) => [name, ['read', 'follow'].includes(name) ? failing : fail]),
    ) as unknown as Port;
  const firstOf = async (batches: AsyncIterable<unknown>) => {
    for await (const batch of batches) return batch;
    return undefined;
  };
  const calls: { port: string; operation: string; call: (ports: Ports) => Promise<unknown> }[] = [
    { port: 'kafka', operation: 'receipt', call: ({ log }) => log.receipt() },
    { port: 'kafka', operation: 'record', call: ({ log }) => log.record(1) },
    { port: 'kafka', operation: 'read', call: ({ log }) => firstOf(log.read(0)) },
    { port: 'kafka', operation: 'follow', call: ({ log }) => firstOf(log.follow(0)) },
    { port: 'kafka', operation: 'publish', call: ({ log }) => log.publish([triggerOf()], receiptAt(1)) },
    { port: 'redis', operation: 'applied', call: ({ states }) => states.applied() },
    { port: 'redis', operation: 'load', call: ({ states }) => states.load(['s-17']) },
    { port: 'redis', operation: 'dueAfter', call: ({ states }) => states.dueAfter(undefined, 1) },
    { port: 'redis', operation: 'scan', call: ({ states }) => states.scan('', 1) },
    { port: 'redis', operation: 'apply', call: ({ states }) => states.apply([], appliedAt(1)) },
  ];

  test.each(calls)('is counted as $operation of $port, and fails as it did', async ({ port, operation, call }) => {
    const telemetry = keptTelemetry();
    const { ports } = portsOf([]);
    const traced = withTelemetry({ ...ports, log: all(ports.log), states: all(ports.states) }, telemetry, place);
    await expect(call(traced)).rejects.toBe(failure);
    const series = await telemetry.series();
    const errors = Object.entries(series).filter(([name]) => name.includes('_errors_'));
    expect(errors).toEqual([[`alo_${port}_errors_total{operation="${operation}"}`, 1]]);
  });

  test('is no error where the log says that the partition must stop', async () => {
    const telemetry = keptTelemetry();
    const { ports } = portsOf([]);
    const stopped = async () => {
      throw new PartitionStopped('it is not the same log');
    };
    const { log } = withTelemetry({ ...ports, log: { ...ports.log, receipt: stopped } }, telemetry, place);
    await expect(log.receipt()).rejects.toThrow(PartitionStopped);
    expect(await telemetry.metrics()).not.toContain('_errors_');
  });

  test('to publish ends all spans as failed by the kind of the error, never by its words, and counts nothing', async () => {
    const telemetry = keptTelemetry();
    const { ports } = portsOf([recordsOf(1)]);
    const doubtful = async () => {
      throw new Doubt('outputs of s-17 may not be published');
    };
    const { log } = withTelemetry({ ...ports, log: { ...ports.log, publish: doubtful } }, telemetry, place);
    for await (const _ of log.follow(0)) {
      await expect(log.publish([triggerOf({ traceparent })], receiptAt(1))).rejects.toThrow(Doubt);
    }
    const spans = telemetry.spans();
    expect(spans.map(({ kind }) => kind).sort()).toEqual([SpanKind.PRODUCER, SpanKind.CONSUMER].sort());
    for (const { status, attributes, events } of spans) {
      expect(status).toEqual({ code: SpanStatusCode.ERROR });
      expect(attributes['error.type']).toBe('Doubt');
      expect(events).toEqual([]);
    }
    expect(await telemetry.metrics()).not.toMatch(/alo_triggers_total|_delay_/);
  });
});

test('who stops reading in the midst lets the log know, and ends the step', async () => {
  const telemetry = keptTelemetry();
  const { ports } = portsOf([]);
  let isClosed = false;
  const follow: Ports['log']['follow'] = async function* () {
    try {
      for (;;) yield { records: recordsOf(1), end: 1 };
    } finally {
      isClosed = true;
    }
  };
  const { log } = withTelemetry({ ...ports, log: { ...ports.log, follow } }, telemetry, place);
  for await (const _ of log.follow(0)) {
    await log.publish([triggerOf()], receiptAt(1));
    break;
  }
  expect(isClosed).toBe(true);
  expect(ofKind(telemetry.spans(), SpanKind.CONSUMER)).toHaveLength(1);
});

const withoutTrace = (output: Published): Published => {
  if (output.kind !== 'trigger') return output;
  const { traceparent: _, ...event } = JSON.parse(output.text);
  return { ...output, text: JSON.stringify(event) };
};

const toLive = ({ log, states }: { log: Log; states: States }): Ports => ({
  log: { ...log, follow: () => portsOf([]).ports.log.follow(0) },
  states,
  close: async () => undefined,
});

describeStore('a measured store', {
  make: async () => {
    const contents = emptyContents();
    const telemetry = keptTelemetry();
    const open = async () => ({
      ...withTelemetry(toLive(makeMemoryStore(contents, byBytes)), telemetry, place),
      append: async (batch: readonly JournalRecord[], receipt: Receipt) => {
        contents.journal.push(...batch);
        contents.receipt = receipt;
      },
      published: async () => contents.outputs.map(withoutTrace),
    });
    return { open, remove: telemetry.shutdown };
  },
});
