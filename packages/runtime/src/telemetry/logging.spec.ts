import { describe, expect, test } from '@jest/globals';
import { context, trace } from '@opentelemetry/api';
import { keptTelemetry } from './kept-telemetry.ts';
import { makeLogger } from './logging.ts';
import { portsOf, receiptAt, recordsOf, triggerOf } from './some-outputs.ts';
import { withTelemetry } from './traced-ports.ts';

const loggerTo = (level: 'debug' | 'info' | 'silent' = 'info') => {
  const lines: string[] = [];
  const logger = makeLogger({ level, service: 'alo-tried' }, { write: (line) => void lines.push(line) });
  return { logger, lines: () => lines.map((line) => JSON.parse(line)) };
};

describe('a line of the log', () => {
  test('is JSON with its time, its level in a word, and the service', () => {
    const { logger, lines } = loggerTo();
    logger.warn({ partition: 3 }, 'Redis does not answer');
    expect(lines()).toEqual([
      {
        level: 'warn',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        service: 'alo-tried',
        partition: 3,
        msg: 'Redis does not answer',
      },
    ]);
  });

  test('names the span during which it was written, across an await', async () => {
    const { logger, lines } = loggerTo();
    const span = keptTelemetry().tracer.startSpan('a step');
    await context.with(trace.setSpan(context.active(), span), async () => {
      await undefined;
      logger.info('within');
    });
    logger.info('outside');
    const { traceId, spanId } = span.spanContext();
    expect(lines()[0]).toMatchObject({ msg: 'within', trace_id: traceId, span_id: spanId });
    expect(lines()[1]).not.toHaveProperty('trace_id');
  });

  test('that a log writes while it publishes names the step', async () => {
    const { logger, lines } = loggerTo();
    const telemetry = keptTelemetry();
    const { ports } = portsOf([recordsOf(1)]);
    const publish = async () => {
      await undefined;
      logger.info('publishing');
    };
    const { log } = withTelemetry({ ...ports, log: { ...ports.log, publish } }, telemetry, { partition: 0 });
    for await (const _ of log.follow(0)) await log.publish([triggerOf()], receiptAt(1));
    const step = telemetry.spans().find(({ name }) => name.startsWith('process'));
    expect(lines()).toMatchObject([{ msg: 'publishing', span_id: step?.spanContext().spanId }]);
  });

  test.each([
    { level: 'debug' as const, written: 2 },
    { level: 'info' as const, written: 1 },
    { level: 'silent' as const, written: 0 },
  ])('below the level $level is not written', ({ level, written }) => {
    const { logger, lines } = loggerTo(level);
    logger.debug('a');
    logger.info('b');
    expect(lines()).toHaveLength(written);
  });
});
