import { writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { InfrastructureError } from '../../packages/runtime/src/errors.ts';
import type { Action, WantedPass } from './wanted-passes.ts';

const slowMs = 3000;
const stderr = 2;

const acts: Readonly<Record<Action, (point: string) => Promise<void> | undefined>> = {
  kill: () => void process.kill(process.pid, 'SIGKILL'),
  stop: () => void process.kill(process.pid, 'SIGSTOP'),
  throw: (point) => {
    throw new InfrastructureError(`fail point ${point} throws`);
  },
  slow: () => delay(slowMs),
};

/** Counts how often each point is passed, and does what is wanted there; it is told first, for nothing may come later. */
export const makePasses = (wanted: readonly WantedPass[]) => {
  const passes = new Map<string, number>();
  return (point: string): Promise<void> | undefined => {
    const nth = (passes.get(point) ?? 0) + 1;
    passes.set(point, nth);
    const pass = wanted.find((one) => one.point === point && one.nth === nth);
    if (!pass) return undefined;
    writeSync(stderr, `fail point ${point}: ${pass.action}\n`);
    return acts[pass.action](point);
  };
};
