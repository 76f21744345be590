import type { Core } from './core.ts';
import { Doubt, InfrastructureError, PartitionStopped } from './errors.ts';
import { openPartition, type Partition, type PartitionOptions } from './partition.ts';
import type { JournalRecord, LiveLog, States } from './ports.ts';
import { readRecord } from './taken-records.ts';
import { realTimers, type Timers } from './timers.ts';

/** Both ports of a partition, for one ownership. */
export type Ports = { readonly log: LiveLog; readonly states: States; readonly close: () => Promise<void> };

/** How a partition fares, and why: one sentence where it does not run. */
export type PartitionCondition =
  | { readonly kind: 'recovering' | 'running' | 'released' }
  | { readonly kind: 'paused' | 'stopped'; readonly why: string };

export type WorkerOptions = {
  readonly partition: number;
  readonly openPorts: () => Promise<Ports>;
  /** Resolves once it is confirmed that the partition is still ours: whoever recovers fences all others. */
  readonly confirmed: (signal: AbortSignal) => Promise<void>;
  /** Aborted when the partition is given up. */
  readonly signal: AbortSignal;
  readonly options: PartitionOptions;
  readonly onCondition: (condition: PartitionCondition) => void;
  /** Told after each step where the partition stands, and where its journal ends. */
  readonly onProgress: (at: { readonly offset: number; readonly end: number }) => void;
  readonly timers?: Timers | undefined;
};

/** A step is at most so many records: what is folded at once, and published and applied together. */
const stepRecordsMax = 2000;
/** States are applied at least so often while records come. */
const applyEveryMs = 250;
const firstBackoffMs = 100;
const backoffMsMax = 5000;

/** What a partition with others beside it, and someone who waits to take over, may leave undone. */
export const liveDefaults = {
  settlePieceMax: 500,
  changedMax: 1000,
  recordsMax: 10_000,
  inFlightMax: 1,
  cacheBytesMax: 48 * 1024 * 1024,
};

/**
 * Owns a partition until it is given up: recovers it, follows its journal, and recovers again after whatever passes.
 * What does not pass by itself stops it until somebody has decided, and it says so; other partitions go on.
 */
export const runPartition = async <Header, State, Rest, Incoming>(
  core: Core<Header, State, Rest, Incoming>,
  worker: WorkerOptions,
): Promise<void> => {
  const { signal, onCondition, confirmed, timers = realTimers } = worker;
  for (let failures = 0; !signal.aborted; failures += 1) {
    try {
      await confirmed(signal);
      onCondition({ kind: 'recovering' });
      await own(core, worker, () => {
        failures = 0;
      });
    } catch (error) {
      if (signal.aborted) break;
      if (!passes(error)) {
        onCondition({ kind: 'stopped', why: stopReason(error) });
        await aborted(signal);
        break;
      }
      onCondition({ kind: 'paused', why: (error as Error).message });
      await timers.delay(backoffMs(failures), signal).catch(() => undefined);
    }
  }
  onCondition({ kind: 'released' });
};

const passes = (error: unknown): boolean => error instanceof Doubt || error instanceof InfrastructureError;

const stopReason = (error: unknown): string =>
  error instanceof PartitionStopped ? error.message : `this is a bug: ${(error as Error).stack}`;

const backoffMs = (failures: number): number => Math.min(backoffMsMax, firstBackoffMs * 2 ** Math.min(failures, 10));

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

const own = async <Header, State, Rest, Incoming>(
  core: Core<Header, State, Rest, Incoming>,
  worker: WorkerOptions,
  onRunning: () => void,
): Promise<void> => {
  const ports = await worker.openPorts();
  try {
    const partition = await openPartition(core, ports.log, ports.states, worker.options);
    onRunning();
    worker.onCondition({ kind: 'running' });
    await follow(core, partition, ports.log, worker);
    await partition.flush();
  } finally {
    await ports.close();
  }
};

const follow = async <Header, State, Rest, Incoming>(
  core: Core<Header, State, Rest, Incoming>,
  partition: Partition<Header, State, Rest, Incoming>,
  log: LiveLog,
  { signal, onProgress, timers = realTimers }: WorkerOptions,
): Promise<void> => {
  let appliedAtMs = timers.nowMs();
  for await (const { records, end } of log.follow(partition.position().offset)) {
    for (const step of stepsOf(records)) {
      if (signal.aborted) return;
      await partition.take(step.map((record) => readRecord(core, record)));
      onProgress({ offset: partition.position().offset, end });
    }
    if (records.length === 0) {
      onProgress({ offset: partition.position().offset, end });
      // What failed is known now, and not only when the next record comes.
      await partition.settled();
    }
    if (timers.nowMs() - appliedAtMs >= applyEveryMs) {
      await partition.applyChanged();
      appliedAtMs = timers.nowMs();
    }
    if (signal.aborted) return;
  }
};

const stepsOf = (records: readonly JournalRecord[]): readonly (readonly JournalRecord[])[] =>
  Array.from({ length: Math.ceil(records.length / stepRecordsMax) }, (_, n) =>
    records.slice(n * stepRecordsMax, (n + 1) * stepRecordsMax),
  );
