import type { Core } from './core.ts';
import type { Assigned, Membership } from './membership.ts';
import type { PartitionOptions } from './partition.ts';
import { type PartitionCondition, type Ports, runPartition, type WorkerOptions } from './partition-worker.ts';
import { realTimers, type Timers } from './timers.ts';

export type EngineOptions = {
  /** Joins those who share the partitions; called again when a membership has crashed. */
  readonly join: (told: {
    readonly onAssigned: Assigned;
    readonly onCrash: (error: Error) => void;
  }) => Promise<Membership>;
  readonly openPorts: (partition: number) => Promise<Ports>;
  readonly options: (partition: number) => PartitionOptions;
  readonly onCondition: (partition: number, condition: PartitionCondition) => void;
  readonly onProgress: (partition: number, at: Parameters<WorkerOptions['onProgress']>[0]) => void;
  /** Told in a sentence what keeps the engine from being a member; undefined once it is one. */
  readonly onMembership: (problem: string | undefined) => void;
  readonly timers?: Timers | undefined;
};

type Worker = { readonly controller: AbortController; readonly done: Promise<void> };

const joinBackoffMs = 1000;
const tellPositionEveryMs = 5000;

/** As many partitions as are assigned, each by a worker of its own; a fault in one is none of the others' business. */
export const startEngine = <Header, State, Rest, Incoming>(
  core: Core<Header, State, Rest, Incoming>,
  { join, openPorts, options, onCondition, onProgress, onMembership, timers = realTimers }: EngineOptions,
) => {
  const stopping = new AbortController();
  const workers = new Map<number, Worker>();
  const toldAtMs = new Map<number, number>();
  let membership: Membership | undefined;
  let crashed: (() => void) | undefined;

  const confirmed = async (signal: AbortSignal): Promise<void> => {
    while (!membership) await timers.delay(100, signal);
    await membership.confirmed(signal);
  };

  const tellPosition = (partition: number, offset: number) => {
    const now = timers.nowMs();
    if (now - (toldAtMs.get(partition) ?? Number.NEGATIVE_INFINITY) < tellPositionEveryMs) return;
    toldAtMs.set(partition, now);
    void membership?.tellPosition(partition, offset);
  };

  const start = (partition: number) => {
    const controller = new AbortController();
    const before = workers.get(partition)?.done ?? Promise.resolve();
    const work = () =>
      runPartition(core, {
        partition,
        openPorts: () => openPorts(partition),
        confirmed,
        signal: controller.signal,
        options: options(partition),
        onCondition: (condition) => onCondition(partition, condition),
        onProgress: (at) => {
          onProgress(partition, at);
          tellPosition(partition, at.offset);
        },
        timers,
      });
    workers.set(partition, { controller, done: before.then(work) });
  };

  const onAssigned: Assigned = (partitions) => {
    if (stopping.signal.aborted) return;
    for (const [partition, { controller }] of workers) if (!partitions.includes(partition)) controller.abort();
    for (const partition of partitions) {
      if (workers.get(partition)?.controller.signal.aborted ?? true) start(partition);
    }
  };

  const joinOnce = async (): Promise<void> => {
    const over = new Promise<void>((resolve) => {
      crashed = resolve;
    });
    try {
      membership = await join({
        onAssigned,
        onCrash: (error) => {
          onMembership(`the group of engines was left, and is joined again: ${error.message}`);
          crashed?.();
        },
      });
      onMembership(undefined);
      await Promise.race([over, abortedOf(stopping.signal)]);
    } catch (error) {
      onMembership((error as Error).message);
    }
  };

  const stayMember = async () => {
    while (!stopping.signal.aborted) {
      await joinOnce();
      if (stopping.signal.aborted) return;
      const left = membership;
      membership = undefined;
      await left?.leave();
      await timers.delay(joinBackoffMs, stopping.signal).catch(() => undefined);
    }
  };
  const staying = stayMember();

  return {
    /** Applies what is left, gives the partitions up, and leaves: whoever takes over need not wait. */
    stop: async (): Promise<void> => {
      stopping.abort();
      for (const { controller } of workers.values()) controller.abort();
      await Promise.all([...workers.values()].map(({ done }) => done));
      await staying;
      await membership?.leave();
    },
  };
};

const abortedOf = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

export type Engine = ReturnType<typeof startEngine>;
