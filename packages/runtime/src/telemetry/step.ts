import { type Span, SpanStatusCode } from '@opentelemetry/api';
import { attributeNames } from './attribute-names.ts';
import type { Instruments } from './instruments.ts';

/** Marks a span as failed, by the kind of the error alone: its message may name a key, and so a subscriber. */
export const markFailed = (span: Span, error: unknown): void => {
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.setAttribute(attributeNames.errorType, error instanceof Error ? error.name : 'unknown');
};

/** A step under way. It has ended once it is left and nothing that it holds is open any more. */
export type Step = {
  readonly hold: <Answer>(work: Promise<Answer>) => Promise<Answer>;
  readonly leave: () => void;
};

/** `startedAtMs` is on the monotonic clock, `spanStartMs` the same instant on the wall clock. */
export const openStep = (
  { stepDuration }: Instruments,
  { startedAtMs, spanStartMs }: { readonly startedAtMs: number; readonly spanStartMs: number },
  span: Span | undefined,
): Step => {
  let held = 0;
  let isLeft = false;
  const endIfOver = () => {
    if (!isLeft || held > 0) return;
    const tookMs = performance.now() - startedAtMs;
    stepDuration.record(tookMs / 1000);
    span?.end(spanStartMs + tookMs);
  };
  return {
    hold: async (work) => {
      held += 1;
      try {
        return await work;
      } catch (error) {
        if (span) markFailed(span, error);
        throw error;
      } finally {
        held -= 1;
        endIfOver();
      }
    },
    leave: () => {
      isLeft = true;
      endIfOver();
    },
  };
};
