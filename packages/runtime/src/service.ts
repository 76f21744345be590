import { setTimeout as delay } from 'node:timers/promises';
import { InfrastructureError, WrongUse } from './errors.ts';

const exitCodes = { done: 0, wrongUse: 1, failed: 3, killed: 130 } as const;
/** An orchestrator kills who does not stop. */
const stopWithinMs = 1900;

/** The first signal asks; a second ends the process at once, as if it were killed. */
const stopOnSignal = (onLate: () => void): AbortSignal => {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(exitCodes.killed);
    controller.abort();
    setTimeout(() => {
      onLate();
      process.exit(exitCodes.failed);
    }, stopWithinMs).unref();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return controller.signal;
};

/**
 * Runs a service until it is done or a signal stops it, and ends the process: 0 done, 1 wrong configuration, 3 a bug
 * or no time left to stop. What is wrong is one sentence on stderr; only a bug has a stack.
 */
export const runService = async (name: string, serve: (stop: AbortSignal) => Promise<void>): Promise<never> => {
  const say = (text: string) => process.stderr.write(`${name}: ${text}\n`);
  const fail = (error: unknown): never => {
    say(error instanceof WrongUse ? error.message : `this is a bug: ${(error as Error).stack}`);
    process.exit(error instanceof WrongUse ? exitCodes.wrongUse : exitCodes.failed);
  };
  // What is thrown where nobody waits for it would leave a process that lives and does nothing.
  process.on('unhandledRejection', fail);
  try {
    await serve(stopOnSignal(() => say('it did not stop in time; what it was doing is done again by whoever goes on')));
  } catch (error) {
    fail(error);
  }
  process.exit(exitCodes.done);
};

const firstBackoffMs = 200;
const backoffMsMax = 5000;

/**
 * Does something once what keeps it from being done has passed; says so when that begins, and each time it is another
 * reason. Resolves with undefined when it is stopped first.
 */
export const oncePossible = async <Result>(
  attempt: () => Promise<Result>,
  { signal, onWait }: { readonly signal: AbortSignal; readonly onWait: (why: string) => void },
): Promise<Result | undefined> => {
  let told: string | undefined;
  for (let failures = 0; !signal.aborted; failures += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof InfrastructureError)) throw error;
      if (error.message !== told) onWait(error.message);
      told = error.message;
      const ms = Math.min(backoffMsMax, firstBackoffMs * 2 ** Math.min(failures, 10));
      await delay(ms, undefined, { signal }).catch(() => undefined);
    }
  }
  return undefined;
};
