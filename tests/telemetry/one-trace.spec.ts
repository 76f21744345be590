import type { Published } from '@alo/runtime';
import { startTelemetry, withTelemetry } from '@alo/runtime/live';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { startCollector } from '../../packages/runtime/src/telemetry/collector.ts';
import { journalOf, runLive } from './live-run.ts';

/* Some months are folded twice. */
jest.setTimeout(60_000);

type Span = {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly links?: readonly { readonly traceId: string }[];
};
const [producer, consumer] = [4, 5];

/** Every event came with a trace of its own. */
const traceOf = (n: number) => ({ traceId: (n + 1).toString(16).padStart(32, 'a'), spanId: 'b7ad6b7169203331' });
const journal = journalOf((line, n) => {
  const { traceId, spanId } = traceOf(n);
  return line.replace('"specversion"', `"traceparent":"00-${traceId}-${spanId}-01","specversion"`);
});

let spans: readonly Span[] = [];
let measured: Awaited<ReturnType<typeof runLive>>;
let bare: Awaited<ReturnType<typeof runLive>>;

beforeAll(async () => {
  const collector = await startCollector();
  const telemetry = startTelemetry({
    serviceName: 'alo-engine',
    serviceVersion: '1',
    otlpEndpoint: collector.endpoint,
  });
  measured = await runLive(journal, { measured: (ports) => withTelemetry(ports, telemetry, { partition: 0 }) });
  await telemetry.shutdown();
  await collector.close();
  bare = await runLive(journal);
  spans = collector.sent
    .filter(({ path }) => path === '/v1/traces')
    .flatMap(({ body }) => JSON.parse(body).resourceSpans)
    .flatMap(({ scopeSpans }) => scopeSpans)
    .flatMap(({ spans }) => spans);
});
afterAll(() => {
  spans = [];
});

const eventOf = (output: Published) => (output.kind === 'trigger' ? JSON.parse(output.text) : undefined);
const triggersOf = ({ outputs }: typeof measured) => outputs.map(eventOf).filter((event) => event !== undefined);
const byEvent = () => triggersOf(bare).filter(({ traceparent }) => traceparent !== undefined);

/** But for where the trace goes on. */
const withoutTrace = (output: Published) => {
  const { traceparent: _, ...event } = eventOf(output) ?? {};
  return { ...output, text: event };
};

describe('one trace goes from the event to the trigger', () => {
  test('the run says enough to tell', () => {
    expect(byEvent().length).toBeGreaterThan(10);
    expect(triggersOf(bare).length).toBeGreaterThan(byEvent().length + 5);
  });

  test('each trigger that an event caused names a span that was sent, in the trace of the event and below it', () => {
    const sent = new Map(spans.map((span) => [span.spanId, span]));
    const before = triggersOf(bare);
    triggersOf(measured).forEach((event, n) => {
      const [, traceId, spanId] = event.traceparent.split('-');
      const [, causeTraceId, causeSpanId] = before[n].traceparent?.split('-') ?? [];
      expect(sent.get(spanId)).toMatchObject({ kind: producer, traceId, name: expect.stringMatching(/^send alo\./) });
      if (causeTraceId === undefined) return;
      expect(traceId).toBe(causeTraceId);
      expect(sent.get(spanId)?.parentSpanId).toBe(causeSpanId);
    });
  });

  test('what fell due is in the trace of its step', () => {
    const steps = new Map(spans.filter(({ kind }) => kind === consumer).map((span) => [span.spanId, span]));
    const before = triggersOf(bare);
    const due = triggersOf(measured).filter((_, n) => before[n].traceparent === undefined);
    expect(due.length).toBeGreaterThan(5);
    for (const { traceparent } of due) {
      const [, traceId, spanId] = traceparent.split('-');
      const { parentSpanId = '' } = spans.find((span) => span.spanId === spanId) as Span;
      expect(steps.get(parentSpanId)?.traceId).toBe(traceId);
    }
  });

  test('each trace of an event that caused something is linked to by a step', () => {
    const linked = new Set(
      spans.filter(({ kind }) => kind === consumer).flatMap(({ links = [] }) => links.map((link) => link.traceId)),
    );
    for (const { traceparent } of byEvent()) expect(linked).toContain(traceparent.split('-')[1]);
  });
});

describe('nothing else is other than without it', () => {
  test('the outputs, but for their traces', () => {
    expect(measured.outputs.map(withoutTrace)).toEqual(bare.outputs.map(withoutTrace));
  });

  test('C, with the digest over all that was said, and R', () => {
    expect(measured.receipt).toEqual(bare.receipt);
    expect(measured.applied).toEqual(bare.applied);
  });

  test('the states', () => {
    expect(measured.subscribers).toEqual(bare.subscribers);
  });
});
