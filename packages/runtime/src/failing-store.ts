import { InfrastructureError } from './errors.ts';
import type { Log, States } from './ports.ts';

type Store = { readonly log: Log; readonly states: States };

/** When a call fails: before it did anything, or after it was done, so that only the answer is lost. */
export type Failing = { readonly call: number; readonly when: 'before' | 'after' };

/**
 * A store of which one call fails, counted from 1 over both ports, and all that come after it too. Calls take effect
 * at once, but are answered only after so many turns, as if the store were elsewhere.
 */
export const failingAt = (
  { log, states }: Store,
  failing: Failing | undefined,
  lagTurns = 0,
): Store & { readonly calls: () => number } => {
  let calls = 0;
  const answered = async <Result>(result: Promise<Result>): Promise<Result> => {
    for (let turn = 0; turn < lagTurns; turn += 1) await undefined;
    return result;
  };
  const failure = () => new InfrastructureError(`call ${calls} fails`);
  const around = async <Result>(call: () => Promise<Result>): Promise<Result> => {
    calls += 1;
    if (!failing || calls < failing.call) return answered(call());
    if (calls === failing.call && failing.when === 'after') await call();
    throw failure();
  };
  return {
    calls: () => calls,
    log: {
      receipt: () => around(log.receipt),
      record: (offset) => around(() => log.record(offset)),
      read: async function* (fromOffset) {
        for await (const batch of log.read(fromOffset)) yield await around(async () => batch);
      },
      publish: (outputs, receipt) => around(() => log.publish(outputs, receipt)),
    },
    states: {
      applied: () => around(states.applied),
      load: (subscribers) => around(() => states.load(subscribers)),
      dueAfter: (place, most) => around(() => states.dueAfter(place, most)),
      scan: (after, most) => around(() => states.scan(after, most)),
      apply: (changes, applied) => around(() => states.apply(changes, applied)),
    },
  };
};
