import type { Timers } from '../../packages/runtime/src/timers.ts';
import type { World } from './world.ts';

/** Where in a call something befalls who made it: as it is sent, as it is done, as its answer comes. */
export const stages = ['sent', 'done', 'answered'] as const;
export type Stage = (typeof stages)[number];

type Armed = { callsLeft: number; readonly stage: Stage; readonly strike: () => void };

/** A process that can be killed, or stopped and continued, between any two steps of what runs in it. */
export const makeProcess = (world: World, name: string) => {
  const { scheduler } = world;
  let isDead = false;
  let pausedUntilUs = 0;
  let backlog: (() => void)[] = [];
  let armed: Armed | undefined;
  let underWay = 0;

  const resume = () => {
    if (isDead || scheduler.nowUs() < pausedUntilUs) return;
    if (world.isTold) world.tell(name, 'goes on');
    const waiting = backlog;
    backlog = [];
    // One after the other: what one answer leads to has run before the next is seen.
    for (const run of waiting) scheduler.after(0, () => deliver(run));
  };

  const deliver = (run: () => void): void => {
    if (isDead) return;
    if (scheduler.nowUs() < pausedUntilUs) {
      backlog.push(run);
      return;
    }
    run();
    scheduler.wake();
  };

  return {
    name,
    isDead: (): boolean => isDead,
    isPaused: (): boolean => scheduler.nowUs() < pausedUntilUs,
    /** What it waits for never comes; what it has sent may still be done. */
    kill: (): void => {
      if (world.isTold && !isDead) world.tell(name, 'is killed');
      isDead = true;
      backlog = [];
    },
    pause: (us: number): void => {
      if (isDead) return;
      if (world.isTold) world.tell(name, `is stopped for ${us / 1000} ms`);
      pausedUntilUs = Math.max(pausedUntilUs, scheduler.nowUs() + us);
      scheduler.after(us, resume);
    },
    /** Sooner than it was to. */
    goOn: (): void => {
      pausedUntilUs = 0;
      resume();
    },
    /** Something comes in, once it runs. */
    deliver,
    /** A call of its has been sent, and will be done in its time: until then it is under way. */
    sent: (): void => {
      underWay += 1;
    },
    arrived: (): void => {
      underWay -= 1;
    },
    underWay: (): number => underWay,
    /** Strikes at a stage of the call that many calls from now. */
    arm: (calls: number, stage: Stage, strike: () => void): void => {
      armed = { callsLeft: calls, stage, strike };
    },
    /** Counts a call, and tells what befalls it. */
    called: (): Armed | undefined => {
      if (!armed) return undefined;
      armed.callsLeft -= 1;
      if (armed.callsLeft > 0) return undefined;
      const struck = armed;
      armed = undefined;
      return struck;
    },
  };
};

export type Process = ReturnType<typeof makeProcess>;

/** The time as this process sees it. */
export const timersOf = ({ scheduler }: World, process: Process): Timers => ({
  nowMs: () => scheduler.nowUs() / 1000,
  delay: (ms, signal) =>
    new Promise((resolve, reject) => {
      const abort = () => reject(new Error('it is over'));
      if (signal.aborted) return abort();
      signal.addEventListener('abort', abort, { once: true });
      scheduler.after(ms * 1000, () =>
        process.deliver(() => {
          signal.removeEventListener('abort', abort);
          resolve();
        }),
      );
    }),
});
