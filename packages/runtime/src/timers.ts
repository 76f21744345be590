import { setTimeout as sleep } from 'node:timers/promises';

/** Time as an engine sees it: a simulation has a time of its own. */
export type Timers = {
  /** Rejects when the signal comes first. */
  readonly delay: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Never goes back; from where it counts is not said. */
  readonly nowMs: () => number;
};

export const realTimers: Timers = {
  delay: (ms, signal) => sleep(ms, undefined, { signal }),
  nowMs: () => performance.now(),
};
