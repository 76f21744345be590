import { Worker } from 'node:worker_threads';
import { InfrastructureError, WrongUse } from '../errors.ts';
import type { Calls, Response } from './messages.ts';

type Waiting = { readonly resolve: (result: unknown) => void; readonly reject: (error: Error) => void };

/** The thread holds a few batches at a time; V8 would let its heap grow as if it had the machine to itself. */
const resourceLimits = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 256 };

/** Starts the storage thread and gives a function that calls it. Calls are answered in their order. */
export const startStorage = (file: string) => {
  const worker = new Worker(new URL('./storage-thread.ts', import.meta.url), { resourceLimits });
  const waiting: Waiting[] = [];
  let dead: Error | undefined;

  worker.on('message', (response: Response) => {
    const call = waiting.shift() as Waiting;
    if (response.ok) call.resolve(response.result);
    else call.reject(errorOf(file, response));
  });
  const die = (error: Error) => {
    dead ??= error;
    for (const call of waiting.splice(0)) call.reject(error);
  };
  worker.on('error', die);
  worker.on('exit', () => die(new Error('the storage thread has ended')));

  return <Call extends keyof Calls>(
    call: Call,
    argument: Calls[Call][0],
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<Calls[Call][1]> =>
    new Promise((resolve, reject) => {
      if (dead) return reject(dead);
      waiting.push({ resolve: resolve as (result: unknown) => void, reject });
      worker.postMessage({ call, argument }, [...transfer]);
    });
};

const errorOf = (file: string, failure: Extract<Response, { ok: false }>): Error => {
  if (failure.kind === 'infrastructure') return new InfrastructureError(`${file}: ${failure.message}`);
  if (failure.kind === 'wrong-use')
    return new WrongUse(failure.message.startsWith(file) ? failure.message : `${file}: ${failure.message}`);
  return new Error(failure.message);
};
