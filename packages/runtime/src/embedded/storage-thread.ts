import { parentPort } from 'node:worker_threads';
import { WrongUse } from '../errors.ts';
import type { Request, Response } from './messages.ts';
import { openStorage } from './storage.ts';

/** SQLite is synchronous: it has a thread of its own, so that folding goes on while it writes. */
const port = parentPort;
if (!port) throw new Error('this file is the storage thread; it is not started by itself');

let storage: ReturnType<typeof openStorage> | undefined;

/** Once a write has failed nothing is done any more: what is asked for after it may rest on it, reading too. */
let failed: Response | undefined;
const writes: readonly string[] = ['commit', 'apply', 'putNotes', 'scrub'];

const answer = ({ call, argument }: Request): Response => {
  try {
    if (call === 'open') {
      storage = openStorage((argument as { file: string }).file);
      return { ok: true, result: undefined };
    }
    if (!storage) throw new Error('the storage is not open');
    if (call === 'close') return closed(storage);
    if (failed) return failed;
    return { ok: true, result: (storage[call] as (argument: unknown) => unknown)(argument) };
  } catch (error) {
    const answered = failure(error as Error & { errcode?: number });
    if (writes.includes(call)) failed = answered;
    return answered;
  }
};

/** Whatever becomes of the scrubbing, which the next one who opens the file does again, the file is let go. */
const closed = (open: NonNullable<typeof storage>): Response => {
  try {
    if (!failed) open.scrub(undefined);
  } finally {
    open.close(undefined);
  }
  return { ok: true, result: undefined };
};

const busy = 5;
const infrastructure: Readonly<Record<number, string>> = {
  3: 'it may not be opened',
  8: 'it may not be written',
  10: 'the disk failed',
  13: 'the disk is full',
  14: 'it cannot be opened',
};

const failure = (error: Error & { errcode?: number }): Response => {
  if (error instanceof WrongUse) return { ok: false, kind: 'wrong-use', message: error.message };
  const code = error.errcode === undefined ? undefined : error.errcode & 0xff;
  if (code === busy) return { ok: false, kind: 'wrong-use', message: 'another process is using it' };
  if (code === 11 || code === 26)
    return { ok: false, kind: 'wrong-use', message: `it is no database, or a broken one (${error.message})` };
  if (code !== undefined && code in infrastructure) {
    return { ok: false, kind: 'infrastructure', message: `${infrastructure[code]} (${error.message})` };
  }
  return { ok: false, kind: 'bug', message: error.stack ?? error.message };
};

port.on('message', (request: Request) => {
  port.postMessage(answer(request));
  if (request.call === 'close') port.close();
});
