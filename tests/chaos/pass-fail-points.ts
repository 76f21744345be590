import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { InfrastructureError } from '../../packages/runtime/src/errors.ts';
import type { Action, WantedPass } from './wanted-passes.ts';

const slowMs = 3000;
const stderr = 2;

/** Each tells it first, for nothing may come later; only who waits must be ready by then to be told to go on. */
const acts: Readonly<Record<Action, (tell: () => void, point: string) => Promise<unknown> | undefined>> = {
  kill: (tell) => {
    tell();
    process.kill(process.pid, 'SIGKILL');
    return undefined;
  },
  stop: (tell) => {
    tell();
    process.kill(process.pid, 'SIGSTOP');
    return undefined;
  },
  throw: (tell, point) => {
    tell();
    throw new InfrastructureError(`fail point ${point} throws`);
  },
  slow: (tell) => {
    tell();
    return delay(slowMs);
  },
  // Its process lives on meanwhile, which one that stops does not.
  wait: (tell) => {
    const goesOn = once(process, 'SIGCONT');
    tell();
    return goesOn;
  },
};

/** Counts how often each point is passed, tells what is wanted there, and does it. */
export const makePasses = (wanted: readonly WantedPass[]) => {
  const passes = new Map<string, number>();
  return (point: string): Promise<unknown> | undefined => {
    const nth = (passes.get(point) ?? 0) + 1;
    passes.set(point, nth);
    const pass = wanted.find((one) => one.point === point && one.nth === nth);
    if (!pass) return undefined;
    return acts[pass.action](() => void writeSync(stderr, `fail point ${point}: ${pass.action}\n`), point);
  };
};
