import { createRequire } from 'node:module';

type Queue = {
  readonly pending: readonly unknown[];
  readonly throttledUntil: number;
  throttleCheckTimeoutId: unknown;
  readonly checkPendingRequests: () => void;
};

let isQuiet = false;

/**
 * The client's queue of requests sets a timer after every answer, and each timer the next: an idle connection wakes
 * the processor a thousand times a second. A timer is needed only while something waits or the broker holds us back.
 */
export const quietRequestQueue = (): void => {
  if (isQuiet) return;
  isQuiet = true;
  const RequestQueue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as { prototype: Queue };
  const { prototype } = RequestQueue as { prototype: Queue & { scheduleCheckPendingRequests: () => void } };
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function quiet(this: Queue) {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this);
  };
};
