import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GuardedFolder } from './guarded-folder.ts';
import type { ServerRun, Started } from './server-run.ts';

const stopMsMax = 30_000;
const tailLines = 20;

const hasEnded = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null;

const untilEnded = async (child: ChildProcess) => {
  if (hasEnded(child)) return;
  child.ref();
  await once(child, 'exit');
};

/** A server in a process group of its own, of which Ctrl-C in the terminal knows nothing: its folder's guard ends it. */
export const runInProcess = ({ program, args, folder }: Started): ServerRun => {
  const log = join(folder.path, 'server.log');
  let child: ChildProcess | undefined;

  const pid = () => (child === undefined || hasEnded(child) ? undefined : child.pid);
  const start = async () => {
    if (pid() !== undefined) throw new Error('the server runs already');
    child = await spawned({ file: program.file, args, log, folder });
  };
  const signal = (...names: NodeJS.Signals[]) => {
    for (const name of names) if (pid() !== undefined) process.kill(-pid()!, name);
  };
  const end = async (...names: NodeJS.Signals[]) => {
    signal(...names);
    if (child !== undefined) await untilEnded(child);
  };
  const kill = () => end('SIGKILL');
  const stop = async () => {
    const isLate = await Promise.race([end('SIGTERM', 'SIGCONT'), sleep(stopMsMax, true, { ref: false })]);
    if (isLate) await kill().then(() => Promise.reject(new Error(`the server did not stop within ${stopMsMax} ms`)));
  };
  return {
    pid,
    isUp: async () => pid() !== undefined,
    start,
    kill,
    stop,
    pause: async () => signal('SIGSTOP'),
    resume: async () => signal('SIGCONT'),
    tail: async () => tailOf(await readFile(log, 'utf8')),
  };
};

/** Runs the program to its end; throws what it said if it fails. */
export const runProcessToEnd = async ({ program, args, folder }: Omit<Started, 'ports'>): Promise<void> => {
  const log = join(folder.path, 'first.log');
  const child = await spawned({ file: program.file, args, log, folder });
  await untilEnded(child);
  if (child.exitCode !== 0) throw new Error(tailOf(await readFile(log, 'utf8')));
};

/** Without the lines of Java's stacks, which would push out what they are about. */
const tailOf = (log: string): string => {
  const lines = log.split('\n').filter((line) => line !== '' && !line.startsWith('\tat '));
  return lines.slice(-tailLines).join('\n');
};

type Spawned = {
  readonly file: string;
  readonly args: readonly string[];
  readonly log: string;
  readonly folder: GuardedFolder;
};

const spawned = async ({ file, args, log, folder }: Spawned): Promise<ChildProcess> => {
  const output = openSync(log, 'a');
  const child = spawn(file, args, { cwd: folder.path, detached: true, stdio: ['ignore', output, output] });
  closeSync(output);
  await once(child, 'spawn');
  folder.watch(child.pid!);
  child.once('exit', () => folder.watch(''));
  child.unref();
  return child;
};
