import type { Counter } from '@opentelemetry/api';
import { PartitionStopped } from '../errors.ts';
import type { Ports } from '../partition-worker.ts';
import type { JournalRecord, LiveLog, States } from '../ports.ts';
import { makeSteps } from './steps.ts';
import type { Telemetry } from './telemetry.ts';

type Errors = Counter<{ readonly operation: string }>;

/** What stops a partition is a verdict on what was read, and no error of whoever was asked. */
const countError = (errors: Errors, operation: string, error: unknown): void => {
  if (!(error instanceof PartitionStopped)) errors.add(1, { operation });
};

const counting =
  (errors: Errors) =>
  async <Answer>(operation: string, call: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await call();
    } catch (error) {
      countError(errors, operation, error);
      throw error;
    }
  };

type Steps = ReturnType<typeof makeSteps>;

/** The same batches, each a delivery of records until the next is asked for. */
async function* delivered<Batch>(
  steps: Steps,
  batches: AsyncIterable<Batch>,
  recordsOf: (batch: Batch) => readonly JournalRecord[],
  onError: (error: unknown) => void,
): AsyncGenerator<Batch> {
  try {
    for await (const batch of batches) {
      steps.deliver(recordsOf(batch));
      try {
        yield batch;
      } finally {
        steps.leave();
      }
    }
  } catch (error) {
    onError(error);
    throw error;
  }
}

const tracedLog = (log: LiveLog, steps: Steps, errors: Errors): LiveLog => {
  const counted = counting(errors);
  return {
    receipt: () => counted('receipt', log.receipt),
    record: (offset) => counted('record', () => log.record(offset)),
    read: (fromOffset) =>
      delivered(
        steps,
        log.read(fromOffset),
        (records) => records,
        (error) => countError(errors, 'read', error),
      ),
    follow: (fromOffset) =>
      delivered(
        steps,
        log.follow(fromOffset),
        ({ records }) => records,
        (error) => countError(errors, 'follow', error),
      ),
    publish: (outputs, receipt) =>
      counted('publish', () => steps.publish(outputs, receipt, (traced) => log.publish(traced, receipt))),
  };
};

const tracedStates = (states: States, steps: Steps, errors: Errors): States => {
  const counted = counting(errors);
  return {
    applied: () => counted('applied', states.applied),
    load: (subscribers) => counted('load', () => states.load(subscribers)),
    dueAfter: (place, most) => counted('dueAfter', () => states.dueAfter(place, most)),
    scan: (after, most) => counted('scan', () => states.scan(after, most)),
    apply: (changes, applied) => steps.hold(counted('apply', () => states.apply(changes, applied))),
  };
};

/**
 * The same ports, measured: a span and a duration for each step, a span for each trigger, which goes on into its text,
 * and counts and delays of what is published. A record that causes nothing costs nothing.
 */
export const withTelemetry = (
  { log, states, close }: Ports,
  telemetry: Telemetry,
  { partition, prefix = '' }: { readonly partition: number; readonly prefix?: string },
): Ports => {
  const { kafkaErrors, redisErrors } = telemetry.instruments;
  const steps = makeSteps(telemetry, { partition, prefix });
  return { log: tracedLog(log, steps, kafkaErrors), states: tracedStates(states, steps, redisErrors), close };
};
