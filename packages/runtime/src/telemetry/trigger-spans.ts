import { type Link, type Span, SpanKind } from '@opentelemetry/api';
import type { Published } from '../ports.ts';
import { attributeNames } from './attribute-names.ts';
import type { Telemetry } from './telemetry.ts';
import { type ToldOutput, tracedBy } from './told-output.ts';
import { contextBelow, spanContextOf, traceparentOf } from './trace-context.ts';

/** The journal's partition, and what is in front of the name of every topic. */
export type Place = { readonly partition: number; readonly prefix: string };

/** What OpenTelemetry keeps of the links of a span. */
const linksMax = 128;

/** The traces of the events that caused triggers, each once. */
export const linksOf = (told: readonly ToldOutput[]): Link[] => {
  const links = new Map<string, Link>();
  for (const { event } of told) {
    const cause = spanContextOf(event?.traceparent);
    if (cause) links.set(traceparentOf(cause), { context: cause });
    if (links.size === linksMax) break;
  }
  return [...links.values()];
};

/** An output as it goes on, and the span that lasts until it is published. */
export type Outgoing = { readonly output: Published; readonly span: Span | undefined };

/**
 * Begins a span for a trigger, below its cause's where that is known and else below the step's. What goes on names it;
 * where it is not recorded, the cause's trace goes on as it came.
 */
export const outgoing = (
  { tracer }: Telemetry,
  told: ToldOutput,
  step: Span,
  { partition, prefix }: Place,
): Outgoing => {
  if (!told.event) return { output: told.output, span: undefined };
  const { output, event } = told;
  const cause = spanContextOf(event.traceparent);
  const destination = `${prefix}${output.topic}`;
  const span = tracer.startSpan(
    `send ${destination}`,
    {
      kind: SpanKind.PRODUCER,
      links: cause ? [{ context: step.spanContext() }] : [],
      attributes: {
        [attributeNames.system]: 'kafka',
        [attributeNames.operationName]: 'send',
        [attributeNames.operationType]: 'send',
        [attributeNames.destination]: destination,
        [attributeNames.partition]: `${partition}`,
        [attributeNames.eventType]: event.type,
      },
    },
    contextBelow(cause ?? step.spanContext()),
  );
  if (!span.isRecording()) return { output, span };
  return { output: tracedBy(output, event, traceparentOf(span.spanContext())), span };
};
