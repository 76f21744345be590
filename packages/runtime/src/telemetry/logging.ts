import { trace } from '@opentelemetry/api';
import { type DestinationStream, type Logger, pino } from 'pino';
import type { LogLevel } from './telemetry-settings.ts';

export type { Logger };

/** What joins a line with the span during which it was written. */
const traceFields = (): object => {
  const span = trace.getActiveSpan()?.spanContext();
  return span ? { trace_id: span.traceId, span_id: span.spanId } : {};
};

/**
 * Lines of JSON, to stdout where nothing else is said. Nothing is blotted out on the way: who writes passes no
 * subscriber, no event and no message of one, so there is nothing personal that would have to be.
 */
export const makeLogger = (
  { level, service }: { readonly level: LogLevel; readonly service: string },
  to: DestinationStream = pino.destination(1),
): Logger =>
  pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      mixin: traceFields,
    },
    to,
  );
