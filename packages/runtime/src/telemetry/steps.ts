import { topics } from '@alo/contracts';
import { context, ROOT_CONTEXT, type Span, SpanKind, trace } from '@opentelemetry/api';
import type { JournalRecord, Published, Receipt } from '../ports.ts';
import { attributeNames } from './attribute-names.ts';
import { countPublished } from './published-outputs.ts';
import { markFailed, openStep, type Step } from './step.ts';
import type { Telemetry } from './telemetry.ts';
import { type ToldOutput, toldOutput } from './told-output.ts';
import { linksOf, type Outgoing, outgoing, type Place } from './trigger-spans.ts';

type Send = (outputs: readonly Published[]) => Promise<void>;
type Piece = { readonly fromOffset: number; readonly toOffset: number; readonly spanStartMs: number };

const nothing: readonly JournalRecord[] = [];

/**
 * Steps as the ports show them. One begins when its records are delivered, or where the one before it in the same
 * delivery went out to be published; it is left when the next begins or more records are asked for.
 */
export const makeSteps = (telemetry: Telemetry, place: Place) => {
  let records = nothing;
  let fromOffset = 0;
  let startedAtMs = 0;
  let current: Step | undefined;

  const leave = () => {
    current?.leave();
    current = undefined;
  };

  const publish = (outputs: readonly Published[], { offset }: Receipt, send: Send): Promise<void> => {
    leave();
    const now = performance.now();
    const spanStartMs = Date.now() - (now - startedAtMs);
    const told = outputs.map(toldOutput);
    const span =
      told.length > 0 ? stepSpan(telemetry, told, { fromOffset, toOffset: offset, spanStartMs }, place) : undefined;
    current = openStep(telemetry.instruments, { startedAtMs, spanStartMs }, span);
    startedAtMs = now;
    fromOffset = offset;
    return current.hold(span ? publishTold(telemetry, { told, records, span, place }, send) : send(outputs));
  };

  return {
    deliver: (delivered: readonly JournalRecord[]) => {
      records = delivered;
      fromOffset = delivered[0]?.offset ?? fromOffset;
      startedAtMs = performance.now();
    },
    /** Nothing comes of the delivered records any more but what is under way. */
    leave: () => {
      leave();
      records = nothing;
    },
    publish,
    /** What is written now belongs to the step that went out last. */
    hold: <Answer>(work: Promise<Answer>): Promise<Answer> => current?.hold(work) ?? work,
  };
};

const stepSpan = (
  { tracer }: Telemetry,
  told: readonly ToldOutput[],
  { fromOffset, toOffset, spanStartMs }: Piece,
  { partition, prefix }: Place,
): Span => {
  const destination = `${prefix}${topics.journal}`;
  const attributes = {
    [attributeNames.system]: 'kafka',
    [attributeNames.operationName]: 'process',
    [attributeNames.operationType]: 'process',
    [attributeNames.destination]: destination,
    [attributeNames.partition]: `${partition}`,
    [attributeNames.offset]: fromOffset,
    [attributeNames.recordCount]: toOffset - fromOffset,
  };
  return tracer.startSpan(
    `process ${destination}`,
    { kind: SpanKind.CONSUMER, startTime: spanStartMs, links: linksOf(told), attributes },
    ROOT_CONTEXT,
  );
};

type Telling = {
  readonly told: readonly ToldOutput[];
  readonly records: readonly JournalRecord[];
  readonly span: Span;
  readonly place: Place;
};

const publishTold = async (
  telemetry: Telemetry,
  { told, records, span, place }: Telling,
  send: Send,
): Promise<void> => {
  const going = told.map((one) => outgoing(telemetry, one, span, place));
  const active = trace.setSpan(context.active(), span);
  try {
    await context.with(active, () => send(going.map(({ output }) => output)));
  } catch (error) {
    endAll(going, error);
    throw error;
  }
  endAll(going);
  countPublished(telemetry.instruments, told, records, Date.now());
};

const endAll = (going: readonly Outgoing[], error?: unknown): void => {
  for (const { span } of going) {
    if (span && error !== undefined) markFailed(span, error);
    span?.end();
  }
};
